// The public interface of this room.

export { lastChanges, type MemoryChange, type RegChange, type StepEvent } from "./changes.ts";
export { type Loadable, type LoadedProgram, loadProgram } from "./decode.ts";
export { defaultEnv, type Env } from "./env.ts";
export { type Event, enterEvent, PT_REGS, type PtReg } from "./events/events.ts";
export type { Fault, FaultKind } from "./fault.ts";
export type { Harm } from "./harm.ts";
export { simulatedHelpers } from "./helpers/helpers.ts";
export { type Frame, Machine, type Outcome } from "./machine.ts";
export { createMap, outOfMemory } from "./maps/create.ts";
export { BpfMap, type MapEntry, type MapEvent } from "./maps/map.ts";
export { Memory, type MemorySnapshot, type OutputRecord, type Region, type RegionKind } from "./memory.ts";
export { packetBytes } from "./packet.ts";
export {
  type Breakpoint,
  lastWriteOf,
  lastWriteOfReg,
  nextVisit,
  previousVisit,
  runBackUntil,
  runUntil,
  type Stop,
  type StopConditions,
} from "./queries.ts";
export { type RawResult, RawRun } from "./raw-run.ts";
export { Timeline, type TimelineOptions } from "./timeline.ts";
export { type Watched, watch } from "./watch.ts";
