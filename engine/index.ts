// The one door: what web/ may import from the engine. Views and use cases, nothing below them.

export { common as commonParts } from "./base/diff.ts";
export {
  FIELD_SIZES,
  type FieldSize,
  MAX_FIELDS,
  MAX_FILES,
  OF_RESULT,
  OREORE_FILE,
  PARSES,
  type Parse,
  renamed,
  SHOW_FORMATS,
  type ShowFormat,
} from "./kernel/formats.ts";
export { O_WRONLY } from "./kernel/syscall.ts";
export type { FileAnswer, LoadOptions, RealAnswer } from "./linux/calls.ts";
export { compare, type DifferenceCause, type LogComparison } from "./linux/compare.ts";
export { startV86, type V86Class } from "./linux/emulator.ts";
export { isKernel, KERNELS, type KernelName } from "./linux/kernels.ts";
export { type CutOff, isCutOff, RealLinux } from "./linux/machine.ts";
export {
  type Act,
  type ActDone,
  type ActsStart,
  definePreset,
  freshStart,
  performActs,
  type RecipeStep,
} from "./session/lesson/acts.ts";
export type * from "./session/api.ts";
export type * from "./session/views/compare.ts";
export { EXAMPLES } from "./catalogue/examples.ts";
export { FIRST_EXAMPLE } from "./catalogue/first-example.ts";
export type * from "./session/run/flow.ts";
export type * from "./session/views/goal.ts";
export type * from "./session/check/language.ts";
export { type LocalOptions, localWorker } from "./session/local-worker.ts";
export { elementBytes } from "./session/kernel/map-elements.ts";
export type * from "./session/object/object-views.ts";
export * from "./session/protocol.ts";
export * from "./session/views/run.ts";
export { createSession } from "./session/session.ts";
export type * from "./session/views/program.ts";
export * from "./session/views/check.ts";
export { beginsPath, codeOf as lineCodeOf } from "./verifier/log/kinds.ts";
