// A witness as plain data, for the page and for the command line.
import type { WitnessView } from "../views/check.ts";
import { isWitness, type WitnessAnswer } from "./find.ts";

export function witnessView(answer: WitnessAnswer): WitnessView {
  const { tried } = answer;
  if (!isWitness(answer)) return { tried, found: null };
  const { kind, words, slot, step, input, maps = {}, seed, sockets = false } = answer;
  return { tried, found: { kind, words, slot, step, input, contents: maps, seed, sockets } };
}

/** The form that is printed as JSON for checks from outside: `{ctx?, data_in?, maps?, seed, sockets?, fault}`, or `{tried}`. */
export function witnessRecord(answer: WitnessAnswer): object {
  if (!isWitness(answer)) return { tried: answer.tried };
  const { ctx, data_in, maps, seed, sockets, fault } = answer;
  return {
    ...(ctx !== undefined && { ctx }),
    ...(data_in !== undefined && { data_in }),
    ...(maps && { maps }),
    seed,
    ...(sockets && { sockets }),
    fault,
  };
}
