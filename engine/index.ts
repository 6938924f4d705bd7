// The one door: what web/ may import from the engine. Views and use cases, nothing below them.

export { thrownText } from "./base/bug.ts";
export { toHex } from "./base/bytes.ts";
export { commonPairs } from "./base/diff.ts";
export type { Language, Texts } from "./base/language.ts";
export { type ExampleView, TOPICS, type Topic } from "./catalogue/example.ts";
export { EXAMPLES } from "./catalogue/examples.ts";
export { FIRST_EXAMPLE } from "./catalogue/first-example.ts";
export { OREORE_DEFINITION } from "./facts/oreore.ts";
export type { Cause } from "./kernel/cause.ts";
export type { DefinitionFault, DefinitionInput } from "./kernel/definition-input.ts";
export {
  DEFAULT_PRESET,
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
export type { Preset } from "./kernel/presets.ts";
export { O_WRONLY, type SyscallRecord } from "./kernel/syscall.ts";
export type { FileAnswer, RealAnswer, RealLoadOptions } from "./linux/calls.ts";
export { compareAnswers, type DifferenceCause, type LoadAnswer, type LogComparison } from "./linux/compare.ts";
export { PAGE_BYTES, startV86, type V86Class } from "./linux/emulator.ts";
export { isKernel, KERNELS, type KernelName } from "./linux/kernels.ts";
export type { RealProgram } from "./linux/program.ts";
export { FRAME_MAX, RESULTS_MAX, RequestTooLarge } from "./linux/protocol.ts";
export { type CutOff, isCutOff, RealLinux } from "./linux/real-linux.ts";
export type { LayerView, PacketFieldView } from "./packets/headers.ts";
export type { PacketView } from "./packets/packets.ts";
export type { NotSimulated } from "./program/not-simulated.ts";
export type * from "./session/api.ts";
export type * from "./session/groups/language.ts";
export { elementBytes, elementNumber } from "./session/kernel/map-elements.ts";
export {
  type Act,
  type ActDone,
  type ActsStart,
  definePreset,
  freshStart,
  performActs,
  type RecipeStep,
} from "./session/lesson/acts.ts";
export { type LocalOptions, localWorker } from "./session/local-worker.ts";
export type * from "./session/object/object-views.ts";
export * from "./session/protocol.ts";
export type * from "./session/run/flow.ts";
export { createSession } from "./session/session.ts";
export * from "./session/views/check.ts";
export type * from "./session/views/compare.ts";
export type * from "./session/views/goal.ts";
export type * from "./session/views/kernel.ts";
export type * from "./session/views/program.ts";
export * from "./session/views/run.ts";
export { beginsPath, codeOf as lineCodeOf } from "./verifier/log/kinds.ts";
