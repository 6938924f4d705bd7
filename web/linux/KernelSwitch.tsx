// The switch between the simulated kernel and the real one, in the title line of the pane whose buttons act on it.
import { useLinuxTexts } from "../i18n/linux.ts";
import { queued } from "../stores/kernel/kernel.ts";
import { useWhichKernel, type WhichKernel } from "../stores/kernel/which-kernel.ts";
import { Segments } from "../ui/Segments.tsx";

const KERNELS: readonly WhichKernel[] = ["simulated", "real"];

/** What is pressed after the switch to the real kernel goes there. The way back waits for nothing. */
async function choose(which: WhichKernel): Promise<void> {
  if (which === "real") return queued(async () => (await import("./real-kernel.ts")).goReal());
  (await import("./real-kernel.ts")).goSimulated();
}

export default function KernelSwitch() {
  const text = useLinuxTexts();
  const which = useWhichKernel((s) => s.which);
  return (
    <div className="kernel-pane__stage" data-stage={which}>
      <Segments
        label={text.stage}
        name="kernel-stage"
        choices={KERNELS}
        chosen={which}
        words={text.stages}
        onChoose={(choice) => void choose(choice)}
      />
    </div>
  );
}
