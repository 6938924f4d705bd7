// The stage's end of an engine of its own: the few questions that a film of a lesson asks.
import type {
  CheckView,
  ContextView,
  DefinitionInput,
  EventInput,
  HelloView,
  KernelCodeView,
  KernelView,
  LoadOutcome,
  Outcome,
  PacketView,
  Preset,
  ProgramInput,
  RunView,
  StepView,
  SysfsOutcome,
  TakeHomeFileView,
  Texts,
} from "../../engine/index.ts";

export interface StageEngine {
  hello(): Promise<HelloView>;
  check(program: ProgramInput, revision: number): Promise<CheckView>;
  restart(seed: number): Promise<KernelView>;
  patchKernel(step: 1 | 2 | 3 | 4, applied: boolean): Promise<Outcome>;
  load(program: ProgramInput): Promise<LoadOutcome>;
  attach(): Promise<Outcome>;
  detach(): Promise<Outcome>;
  writeFile(path: string, data: string): Promise<SysfsOutcome>;
  readFile(path: string): Promise<SysfsOutcome>;
  runOnce(program: ProgramInput, event: EventInput, verified: boolean): Promise<{ readonly run: RunView | null }>;
  steps(run: number, from: number, count: number): Promise<readonly StepView[]>;
  say(run: number, step: number): Promise<Texts | null>;
  packets(): Promise<readonly PacketView[]>;
  presets(): Promise<readonly Preset[]>;
  kernelCode(program: ProgramInput): Promise<KernelCodeView | null>;
  takeHome(program: ProgramInput): Promise<readonly TakeHomeFileView[] | null>;
  context(progType: string, definition: DefinitionInput): Promise<ContextView | null>;
}
