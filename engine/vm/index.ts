// The public interface of this room.

export { lastChanges, type StepChanges } from "./changes.ts";
export { type LoadedProgram, loadProgram } from "./decode.ts";
export { CPUS, defaultEnv, type Env } from "./env.ts";
export { type Event, enterEvent, PT_REGS } from "./events/events.ts";
export type { Fault } from "./fault.ts";
export type { Harm } from "./harm.ts";
export { simulatedHelpers } from "./helpers/helpers.ts";
export { Machine, type Outcome } from "./machine.ts";
export { createMap } from "./maps/create.ts";
export { BpfMap, type MapEntry, type MapOperation } from "./maps/map.ts";
export { Memory, type MemorySnapshot, type RegionKind } from "./memory.ts";
export { packetBytes } from "./packet.ts";
export {
  type Breakpoint,
  lastWriteOfMemory,
  lastWriteOfReg,
  nextStepAtSlot,
  previousStepAtSlot,
  runBackUntil,
  runUntil,
  type StopConditions,
} from "./queries.ts";
export { RawRun } from "./raw-run.ts";
export { Timeline } from "./timeline.ts";
export { runWatched, type WatchedRun } from "./watch.ts";
