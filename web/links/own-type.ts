// The program type of one's own that a link, or what a device has kept, was made for.
import { answered, engine } from "../stores/engine.ts";
import type { LinkState } from "./codec.ts";

/** As the engine reads it; undefined: it takes none like that. */
export async function ownTypeOf({ definition, preset = "oreore" }: LinkState) {
  const own = { askedPreset: preset, askedDefinition: null };
  const { tools } = engine().api;
  if (definition !== undefined) {
    const read = await answered(tools.readDefinition(definition));
    return read?.ok ? { ...own, askedDefinition: read.definition } : undefined;
  }
  if (preset === "oreore") return own;
  return (await answered(tools.presets()))?.some(({ name }) => name === preset) ? own : undefined;
}
