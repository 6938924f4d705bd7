// The program in plain words, instruction by instruction. Asked for only while the words are shown.
import { create } from "zustand";
import type { Texts } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";
import { useProgram } from "../program/program.ts";
import { useVerdict } from "./verdict.ts";

export interface WordsState {
  /** Revision of the program that the words describe. 0: none yet. */
  readonly revision: number;
  readonly bySlot: ReadonlyMap<number, Texts>;
}

export const usePlainWords = create<WordsState>()(() => ({ revision: 0, bySlot: new Map() }));

/** Follows the program while the words are shown. The returned function stops it. */
export function followWords(): () => void {
  let asking = false;
  let over = false;
  const look = async (): Promise<void> => {
    const { revision, source } = useProgram.getState();
    const { check } = useVerdict.getState();
    if (asking || usePlainWords.getState().revision === revision || check?.revision !== revision) return;
    asking = true;
    const words = await answered(engine().api.language.words(source));
    asking = false;
    if (words) usePlainWords.setState({ revision, bySlot: new Map(words.map((row) => [row.slot, row])) });
    if (words && !over) void look();
  };
  void look();
  const stop = useVerdict.subscribe(() => void look());
  return () => {
    over = true;
    stop();
  };
}
