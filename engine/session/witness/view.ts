// A witness as the page is told of it.
import type { WitnessView } from "../views.ts";
import { isWitness, type WitnessAnswer } from "./find.ts";

export function witnessView(answer: WitnessAnswer): WitnessView {
  const { tried } = answer;
  if (!isWitness(answer)) return { tried, found: null };
  const { kind, words, slot, step, input, maps = {}, seed, sockets = false } = answer;
  return { tried, found: { kind, words, slot, step, input, contents: maps, seed, sockets } };
}
