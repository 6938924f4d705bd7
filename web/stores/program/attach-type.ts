// The program's attach type. The reader's choice becomes a directive in the text, so that drafts and links carry it.
import { answered, engine } from "../engine.ts";
import { useProgram, writeSource } from "./program.ts";

/** "": no attach type. If the text was edited before the answer comes, the edit wins. */
export async function chooseAttach(name: string): Promise<void> {
  const { source } = useProgram.getState();
  const written = await answered(engine().api.language.attach(source, name === "" ? null : name));
  if (written !== undefined && useProgram.getState().source === source) writeSource(written);
}
