// All changes that may help against a refusal. Those that tell most about its cause come first.
import type { Candidate, Scene } from "../scene.ts";
import { accessCandidates } from "./access.ts";
import { boundCandidates } from "./bounds.ts";
import { callCandidates } from "./calls.ts";
import { formCandidates } from "./form.ts";
import { nullCandidates } from "./nullness.ts";
import { packetCandidates, reloadCandidates } from "./packet.ts";
import { registerCandidates } from "./registers.ts";

const SOURCES: readonly ((scene: Scene) => readonly Candidate[])[] = [
  nullCandidates,
  packetCandidates,
  reloadCandidates,
  boundCandidates,
  accessCandidates,
  callCandidates,
  registerCandidates,
  formCandidates,
];

export const candidatesFor = (scene: Scene): Candidate[] => SOURCES.flatMap((source) => [...source(scene)]);
