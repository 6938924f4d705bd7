// The reader's own program type for which a link or a kept work was made.
import { DEFAULT_PRESET } from "../../engine/index.ts";
import { answered, engine } from "../stores/engine.ts";
import type { LinkState } from "./codec.ts";

/** The definition as the engine reads it. undefined: the engine refuses it. */
export async function ownTypeOf({ definition, preset = DEFAULT_PRESET }: LinkState) {
  const own = { askedPreset: preset, askedDefinition: null };
  const { tools } = engine().api;
  if (definition !== undefined) {
    const read = await answered(tools.readDefinition(definition));
    return read?.ok ? { ...own, askedDefinition: read.definition } : undefined;
  }
  if (preset === DEFAULT_PRESET) return own;
  return (await answered(tools.presets()))?.some(({ name }) => name === preset) ? own : undefined;
}
