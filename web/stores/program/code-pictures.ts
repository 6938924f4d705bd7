// The small pictures of the built-in programs, made by the engine when the gallery is first opened.
import { create } from "zustand";
import type { CodePictureView, ExampleView } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";

/** By the example's name. */
export const useCodePictures = create<{ readonly byExample: ReadonlyMap<string, CodePictureView> }>()(() => ({
  byExample: new Map(),
}));

export async function drawPictures(examples: readonly ExampleView[]): Promise<void> {
  if (useCodePictures.getState().byExample.size > 0) return;
  const drawn = await answered(engine().api.tools.pictures(examples.map(({ program }) => program)));
  if (drawn)
    useCodePictures.setState({ byExample: new Map(drawn.map((picture, i) => [examples[i]?.name ?? "", picture])) });
}
