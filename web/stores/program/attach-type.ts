// The attach type of the program: what the reader chooses becomes a directive of the text, so that drafts and links carry it.
import { answered, engine } from "../engine.ts";
import { useProgram, writeSource } from "./program.ts";

/** "": none is asked for. The text as it stands when the answer comes is what counts: an edit meanwhile wins. */
export async function chooseAttach(name: string): Promise<void> {
  const { source } = useProgram.getState();
  const written = await answered(engine().api.language.attach(source, name === "" ? null : name));
  if (written !== undefined && useProgram.getState().source === source) writeSource(written);
}
