// The switch between the simulated and the real kernel, in the title line of the pane whose buttons act on the chosen one.
import { useLinuxTexts } from "../i18n/linux.ts";
import { queued } from "../stores/kernel/kernel.ts";
import { useWhichKernel, type WhichKernel } from "../stores/kernel/which-kernel.ts";
import { Segments } from "../ui/Segments.tsx";

const KERNELS: readonly WhichKernel[] = ["simulated", "real"];

/** Going to the real kernel is queued, so that buttons pressed after it act there. Going back does not wait. */
async function choose(which: WhichKernel): Promise<void> {
  if (which === "real") return queued(async () => (await import("./real-kernel.ts")).goReal());
  (await import("./real-kernel.ts")).goSimulated();
}

export default function KernelSwitch() {
  const text = useLinuxTexts();
  const which = useWhichKernel((s) => s.which);
  return (
    <div className="kernel-pane__switch" data-which={which}>
      <Segments
        label={text.whichKernel}
        name="which-kernel"
        choices={KERNELS}
        chosen={which}
        words={text.whichKernels}
        onChoose={(choice) => void choose(choice)}
      />
    </div>
  );
}
