// Makes the link to the page as it stands, and puts it into the address: the only time the address changes by itself.
import { OWN, useKernel } from "../stores/kernel.ts";
import { useMachine } from "../stores/machine.ts";
import { useProgram } from "../stores/program.ts";

/** The whole address; it holds the step only where asked to. */
export async function makeLink(withStep: boolean): Promise<string> {
  const { source, progType, maps, input } = useProgram.getState();
  const { run, position } = useMachine.getState();
  const { preset, definition } = useKernel.getState();
  const { encodeLink } = await import("./codec.ts");
  const hash = await encodeLink({
    source,
    progType,
    maps,
    input,
    ...(preset === OWN && definition ? { definition } : preset === "oreore" ? {} : { preset }),
    ...(withStep && run ? { step: position } : {}),
  });
  history.replaceState(null, "", hash);
  const { origin, pathname } = location;
  return `${origin === "null" ? "" : origin}${pathname}${hash}`;
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed here: the reader selects it
  }
}
