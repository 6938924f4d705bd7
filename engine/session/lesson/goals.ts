// Judges the goals of a lesson by properties: the verifier's verdict, what the program answers to inputs, what the reader has done in the
// kernel. A goal is data. The program is tried in kernels of its own, so the reader's kernel does not change.
import { toHex, utf8Encode } from "../../base/bytes.ts";
import { lowU32 } from "../../base/u64.ts";
import { formatInsn } from "../../disasm/kernel.ts";
import { helperName } from "../../facts/helpers.ts";
import { formOf } from "../../isa/forms.ts";
import type { Insn } from "../../isa/insn.ts";
import { Registry } from "../../kernel/registry.ts";
import { visitsOf } from "../check/beliefs.ts";
import { type Checked, check } from "../check/check.ts";
import { elementText } from "../kernel/map-elements.ts";
import { parseCondition } from "../run/condition.ts";
import { progressWatcher, type SessionOptions } from "../state.ts";
import type { CheckView } from "../views/check.ts";
import type { Comparison, CounterExample, Goal, GoalView, ReaderRecord, Verb } from "../views/goal.ts";
import type { KernelView, SyscallView } from "../views/kernel.ts";
import type { ProgramInput } from "../views/program.ts";
import { type TrialResult, trialRunner } from "./trial.ts";

export interface JudgeOptions extends Required<SessionOptions> {
  readonly registry: Registry;
  /** The reader's kernel. */
  readonly kernel: KernelView;
}

/** One answer per goal, in order. A refused program fails the goals about its runs. */
export function judge(
  options: JudgeOptions,
  program: ProgramInput,
  goals: readonly Goal[],
  reader: ReaderRecord,
): readonly GoalView[] {
  const { now, kernel } = options;
  // What the reader put into maps is only for the reader's own runs.
  const { contents: _, ...asOpened } = program;
  // The verdict is that of the reader's kernel as it is. An accepted program is run in a kernel with all steps of the recipe.
  const checked = check(options.registry, asOpened, 0, now, () => progressWatcher(options));
  const registry = new Registry(options.registry.definition);
  const subject: JudgedSubject = {
    reader,
    kernel,
    registry,
    checked,
    tryOut: trialRunner({ ...options, registry }, checked.program.progType, asOpened, checked.view.maps.length > 0),
  };
  return goals.map((goal) => (JUDGES[goal.kind] as Judge<Goal["kind"]>)(goal as never, subject));
}

interface JudgedSubject {
  readonly registry: Registry;
  readonly reader: ReaderRecord;
  /** The reader's kernel. */
  readonly kernel: KernelView;
  readonly checked: Checked;
  readonly tryOut: (on: readonly string[]) => TrialResult;
}
type Judge<Kind extends Goal["kind"]> = (goal: Extract<Goal, { kind: Kind }>, subject: JudgedSubject) => GoalView;

const COMPARE: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
};

const goalView = (
  met: boolean,
  found: string | number = "",
  counterExample: CounterExample | null = null,
  missingStep = 0,
): GoalView => ({
  met,
  found: String(found),
  counterExample,
  missingStep,
});
/** `found` is what the kernel says of the program. */
const verdictAnswer = (met: boolean, { view }: Checked): GoalView =>
  goalView(met, view.message, null, missingStepOf(view));
/** See GoalView.missingStep. */
const missingStepOf = ({ refusedCall }: CheckView): number =>
  (refusedCall && "step" in refusedCall.cause && refusedCall.cause.step) || 0;
const compared = (n: number, { compare, than }: { readonly compare: Comparison; readonly than: number }): GoalView =>
  goalView(COMPARE[compare](n, than), n);
const contains = (text: string, has: string): GoalView => goalView(text.includes(has), text.split("\n")[0]);

const JUDGES: { readonly [Kind in Goal["kind"]]: Judge<Kind> } = {
  verdict: ({ is }, { checked }) =>
    verdictAnswer(checked.view.verdict === is && checked.view.refusedCall === null, checked),
  errno: ({ is }, { checked: { view } }) => goalView(view.errnoName === is, view.errnoName),
  message: ({ has }, { checked: { view } }) => contains(view.message, has),
  refused: ({ is }, { checked }) => verdictAnswer(checked.view.refusal?.id === is, checked),
  log: ({ has }, { checked: { view } }) => goalView(view.log.includes(has)),
  returns: (goal, subject) =>
    judgeRuns(goal, subject, String(lowU32(BigInt(goal.is))), ({ value }) =>
      value === undefined ? undefined : String(value),
    ),
  refuses: (goal, subject) =>
    judgeRuns({ ...goal, on: [goal.on] }, subject, goal.is, ({ value, why }) =>
      value === undefined ? why : String(value),
    ),
  traces: (goal, subject) =>
    judgeOutputs(goal, subject, (sent) =>
      sent.flatMap(({ kind, text, textStart }) => (kind === "trace" ? [text.slice(textStart).trim()] : [])),
    ),
  records: (goal, subject) =>
    judgeOutputs(goal, subject, (sent) => sent.filter(({ kind }) => kind !== "trace").map(({ hex }) => hex)),
  keeps: (goal, subject) => judgeRuns(goal, subject, goal.is, ({ kernel }) => kernel && elementText(kernel, goal)),
  sends: (goal, subject) => judgeRuns(goal, subject, goal.is, ({ run }) => run?.out),
  insns: (goal, { checked: { view } }) =>
    compared(
      view.slots.reduce((sum, { slots }) => sum + slots, 0),
      goal,
    ),
  walked: (goal, { checked }) =>
    checked.view.verdict === "accept" ? compared(checked.view.insnsProcessed, goal) : verdictAnswer(false, checked),
  steps(goal, subject) {
    const { run, why } = attempt(subject, [goal.on]);
    return run ? compared(run.length, goal) : goalView(false, why, null, missingStepOf(subject.checked.view));
  },
  uses: ({ what }, { checked }) => goalView(textsOf(checked).some((text) => text.includes(what))),
  avoids: ({ what }, { checked }) =>
    goalView(checked.view.verdict !== "error" && !textsOf(checked).some((text) => text.includes(what))),
  knows({ reg, min, max }, { checked }) {
    if (!checked.verdict?.trace || checked.view.verdict !== "accept") return verdictAnswer(false, checked);
    const { insns } = checked.program;
    const visits = visitsOf(checked);
    const ends = checked.view.slots.filter(({ slot }) => formOf(insns[slot] as Insn)?.kind === "exit");
    const beliefs = ends.flatMap(({ slot }) => visits.ofSlot(slot, MAX_VISITS)).map(({ before }) => before.regs[reg]);
    const outside = beliefs.find(
      (one) => !one?.bounds || Number(one.bounds.umin) < min || Number(one.bounds.umax) > max,
    );
    if (beliefs.length === 0 || outside === null) return goalView(false);
    return goalView(outside === undefined, outside ? `R${reg}=${outside.text}` : "");
  },
  did({ verb, what, answer: wanted }, { reader, registry }) {
    const calls = reader.calls.filter((call) => IS_VERB[verb](call, what, registry));
    const last = calls.at(-1);
    return goalView(
      calls.some((call) => (call.call === "read" ? isLine(call.data, wanted) : answerOf(call) === wanted)),
      last && (last.call !== "read" || last.errno !== 0) ? answerOf(last) : "",
    );
  },
  attached: ({ is }, { kernel }) => goalView(kernel.attachments.some(({ progId }) => progId !== 0) === is),
  applied: ({ steps }, { kernel }) => goalView(steps.every((step) => kernel.steps[step - 1])),
  holds(goal, { kernel }) {
    const found = elementText(kernel, goal);
    return goalView(found === goal.is, found);
  },
  stands({ where }, { reader: { stepRegisters } }) {
    const condition = parseCondition(where);
    if (typeof condition === "string") return goalView(false);
    return goalView(stepRegisters.some((regs) => condition({ reg: (n) => BigInt(`0x${regs[n] || "0"}`) })));
  },
};

interface RunGoal {
  readonly on: readonly string[];
  readonly secret: boolean;
}

/** A goal about runs: compares the result with the wanted one. */
function judgeRuns(
  { on, secret }: RunGoal,
  subject: JudgedSubject,
  wanted: string,
  came: (outcome: TrialResult) => string | undefined,
): GoalView {
  const outcome = attempt(subject, on);
  const { why, ran } = outcome;
  const found = came(outcome) ?? why;
  if (found === wanted) return goalView(true);
  if (!ran) return goalView(false, found, null, missingStepOf(subject.checked.view));
  return goalView(false, secret ? "" : found, { on, actual: found, wanted });
}

/** A goal about the output of runs: the wanted output is among the outputs, else the last output is shown. */
const judgeOutputs = (
  goal: RunGoal & { readonly is: string },
  subject: JudgedSubject,
  listOf: (sent: NonNullable<TrialResult["sent"]>) => readonly string[],
): GoalView =>
  judgeRuns(goal, subject, goal.is, ({ sent = [] }) => {
    const list = listOf(sent);
    return list.includes(goal.is) ? goal.is : list.at(-1);
  });

/** A program that the verifier refuses is not run. The refusal is then the reason. */
const attempt = (subject: JudgedSubject, on: readonly string[]): TrialResult =>
  subject.checked.view.verdict === "accept" ? subject.tryOut(on) : { why: subject.checked.view.message, ran: false };

/** Each instruction as the kernel prints it, with the names of helpers. */
const textsOf = ({ program: { insns } }: Checked): readonly string[] =>
  insns.map((insn, i) => formatInsn(insn, insns[i + 1], { helperName }));

/** The most visits of one exit that are examined. */
const MAX_VISITS = 256;

/** Whether a call is the one that the verb names. */
const IS_VERB: Readonly<Record<Verb, (call: SyscallView, what: string, registry: Registry) => boolean>> = {
  load: ({ call }) => call === "prog-load",
  attach: ({ call }) => call === "prog-attach",
  detach: ({ call }) => call === "prog-detach",
  // Without the file, the shell fails at opening it.
  echo: (call, what, registry) =>
    call.call === "write"
      ? isOfModule(call.path, registry) && isLine(call.data, what)
      : call.call === "openat" && call.flags !== 0 && call.errno !== 0 && isOfModule(call.path, registry),
  cat: ({ call }) => call === "read",
  test: ({ call }) => call === "prog-test-run",
  update: ({ call }) => call === "map-update",
  delete: ({ call }) => call === "map-delete",
};

const isOfModule = (file: string, { definition: { attribute, files } }: Registry): boolean =>
  file === attribute.path || files.some(({ path }) => path === file);
/** Whether bytes (hex) are this text as echo writes it, with a newline at the end. */
const isLine = (data: string, text: string): boolean => data === toHex(utf8Encode(`${text}\n`));
const answerOf = ({ errno, errnoName }: SyscallView): string => (errno === 0 ? "ok" : errnoName);
