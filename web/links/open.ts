// Opens what the address says. Whatever a link holds, the page opens; what cannot be taken is refused with a sentence.
import { answered, engine } from "../stores/engine.ts";
import { revealSlot } from "../stores/focus.ts";
import { restoreLayout } from "../stores/layout.ts";
import { noteWhat, openExample, openLesson, openProgram } from "../stores/program.ts";
import { freshCheck } from "../stores/verdict.ts";
import type { LinkFault, LinkState } from "./codec.ts";

/** Reads the address; called at the start and when the fragment changes. */
export async function openAddress(): Promise<void> {
  if (location.hash.length < 2) return;
  const { decodeLink } = await import("./codec.ts");
  const link = await decodeLink(location.hash);
  if (link.kind === "fault") refuse(link.fault);
  else if (link.kind === "example") await openExample(link.name);
  else if (link.kind === "lesson") await openLesson(link.number);
  else if (link.kind === "source") openProgram({ source: link.source, progType: "oreore", maps: [], input: "10" }, {});
  else if (link.kind === "state") await openState(link.state);
}

/** A state from a link or a file. */
export async function openState(state: LinkState): Promise<void> {
  if (!(await isTaken(state))) return refuse("definition");
  const { step = null, preset = "oreore", definition = null, slot, view, views } = state;
  openProgram(state, { askedStep: step, askedPreset: preset, askedDefinition: definition });
  restoreLayout(view, views);
  // Only once it is assembled does an instruction have its line.
  if (slot !== undefined) void freshCheck().then(() => revealSlot(slot, false));
}

const refuse = (fault: LinkFault): void => noteWhat({ kind: "link-fault", fault });

/** Whether the kernel takes the program type that a link was made for. */
async function isTaken({ definition, preset }: LinkState): Promise<boolean> {
  if (definition) return (await answered(engine().api.checkDefinition(definition)))?.length === 0;
  if (preset === undefined) return true;
  return (await answered(engine().api.presets()))?.some(({ name }) => name === preset) ?? false;
}
