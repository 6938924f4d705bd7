// Goals of a lesson, judged by properties: what the verifier says of the program, what it answers to inputs, what the reader
// has done in the kernel. A goal is data; the program is tried in kernels of its own, the reader's stays as it is.
import { toHex, utf8Encode } from "../base/bytes.ts";
import { lowU32 } from "../base/u64.ts";
import { formatInsn } from "../disasm/kernel.ts";
import { helperName } from "../facts/helpers.ts";
import { formOf } from "../isa/forms.ts";
import type { Insn } from "../isa/insn.ts";
import { Registry } from "../kernel/registry.ts";
import { visitViews } from "./beliefs.ts";
import { type Checked, check } from "./check.ts";
import { parseCondition } from "./condition.ts";
import { createKernel } from "./groups/kernel.ts";
import { createRuns } from "./groups/runs.ts";
import { readInput } from "./input.ts";
import type { RunView } from "./run-views.ts";
import { newState, type SessionOptions, type SessionState, watch } from "./state.ts";
import type { EventInput, KernelView, ProgramInput, SyscallView } from "./views.ts";

export type Comparison = "<=" | ">=" | "==";

/** What the page can ask of a program, or of what the reader has done. */
export type Goal =
  | { readonly kind: "verdict"; readonly is: "accept" | "reject" }
  | { readonly kind: "errno"; readonly is: string }
  | { readonly kind: "message" | "log"; readonly has: string }
  /** The name of what the verifier refuses: `unset-register`. */
  | { readonly kind: "refused"; readonly is: string }
  /** `on`: written one after the other in one kernel, or one packet (a name of PACKETS, or hex); `is`: what comes out last. */
  | { readonly kind: "returns"; readonly on: readonly string[]; readonly is: number; readonly secret: boolean }
  /** A write of `on` fails with this errno. */
  | { readonly kind: "refuses"; readonly on: string; readonly is: string; readonly secret: boolean }
  /** `insns`: instructions of the program; `walked`: of the verification. */
  | { readonly kind: "insns" | "walked"; readonly compare: Comparison; readonly than: number }
  | { readonly kind: "steps"; readonly on: string; readonly compare: Comparison; readonly than: number }
  /** A piece of the kernel's disassembly: `call bpf_map_lookup_elem`, `goto`. */
  | { readonly kind: "uses" | "avoids"; readonly what: string }
  /** At every exit the verifier knows that the register lies in this range, unsigned. */
  | { readonly kind: "knows"; readonly reg: number; readonly min: number; readonly max: number }
  /** The reader's own calls since the lesson was opened. `answer`: `ok`, or an errno's name; of `cat` what it printed. */
  | { readonly kind: "did"; readonly verb: Verb; readonly what: string; readonly answer: string }
  | { readonly kind: "attached"; readonly is: boolean }
  /** The reader's run stands where this holds of the registers: `r0 == 52`. */
  | { readonly kind: "stands"; readonly where: string };

export const VERBS = ["load", "attach", "detach", "echo", "cat"] as const;
export type Verb = (typeof VERBS)[number];

export interface GoalView {
  readonly met: boolean;
  /** What was found instead: a number, an errno, the kernel's message; "" where it is not told or there is nothing. */
  readonly found: string;
}

/** What the reader has done: calls since the lesson was opened, and the registers where the run stands. */
export interface Reader {
  readonly calls: readonly SyscallView[];
  readonly regs: readonly string[];
}

export interface JudgeOptions extends Required<SessionOptions> {
  readonly registry: Registry;
  /** The reader's kernel. */
  readonly kernel: KernelView;
}

/** One answer a goal, in order. A program that was refused fails what is asked of its runs. */
export function judge(
  options: JudgeOptions,
  program: ProgramInput,
  goals: readonly Goal[],
  reader: Reader,
): readonly GoalView[] {
  const { now, kernel } = options;
  // A program is judged in a kernel with all of the recipe, whatever the reader's own lacks just now.
  const registry = new Registry(options.registry.definition);
  const subject: Subject = {
    ...options,
    registry,
    program,
    reader,
    checked: check(registry, program, 0, now, () => watch(options)),
    isAttached: kernel.attachments.some(({ progId }) => progId !== 0),
  };
  return goals.map((goal) => (JUDGES[goal.kind] as Judge<Goal["kind"]>)(goal as never, subject));
}

interface Subject extends JudgeOptions {
  readonly program: ProgramInput;
  readonly reader: Reader;
  readonly checked: Checked;
  readonly isAttached: boolean;
}
type Judge<Kind extends Goal["kind"]> = (goal: Extract<Goal, { kind: Kind }>, subject: Subject) => GoalView;

const COMPARE: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
};

const answer = (met: boolean, found: string | number = ""): GoalView => ({ met, found: String(found) });
const compared = (n: number, { compare, than }: { readonly compare: Comparison; readonly than: number }): GoalView =>
  answer(COMPARE[compare](n, than), n);
const contains = (text: string, has: string): GoalView => answer(text.includes(has), text.split("\n")[0]);

const JUDGES: { readonly [Kind in Goal["kind"]]: Judge<Kind> } = {
  verdict: ({ is }, { checked: { view } }) => answer(view.verdict === is, view.message),
  errno: ({ is }, { checked: { view } }) => answer(view.errnoName === is, view.errnoName),
  message: ({ has }, { checked: { view } }) => contains(view.message, has),
  refused: ({ is }, { checked: { view } }) => answer(view.refusal?.id === is, view.message),
  log: ({ has }, { checked: { view } }) => answer(view.log.includes(has)),
  returns(goal, subject) {
    const { value, why } = outcomeOf(subject, goal.on);
    const found = value === undefined ? why : String(value);
    return answer(value === lowU32(BigInt(goal.is)), goal.secret && value !== undefined ? "" : found);
  },
  refuses(goal, subject) {
    const { value, why } = outcomeOf(subject, [goal.on]);
    const found = value === undefined ? why : String(value);
    return answer(value === undefined && why === goal.is, goal.secret ? "" : found);
  },
  insns: (goal, { checked: { view } }) =>
    compared(
      view.slots.reduce((sum, { slots }) => sum + slots, 0),
      goal,
    ),
  walked: (goal, { checked: { view } }) =>
    view.verdict === "accept" ? compared(view.insnsProcessed, goal) : answer(false, view.message),
  steps(goal, subject) {
    const { run, why } = outcomeOf(subject, [goal.on]);
    return run ? compared(run.length, goal) : answer(false, why);
  },
  uses: ({ what }, { checked }) => answer(textsOf(checked).some((text) => text.includes(what))),
  avoids: ({ what }, { checked }) =>
    answer(checked.view.verdict !== "error" && !textsOf(checked).some((text) => text.includes(what))),
  knows({ reg, min, max }, { checked }) {
    const trace = checked.verdict?.trace;
    if (!trace || checked.view.verdict !== "accept") return answer(false, checked.view.message);
    const { insns } = checked.program;
    const ends = checked.view.slots.filter(({ slot }) => formOf(insns[slot] as Insn)?.kind === "exit");
    const beliefs = ends
      .flatMap(({ slot }) => visitViews(trace, slot, MAX_VISITS, checked.lineAt))
      .map(({ before }) => before.regs[reg]);
    const outside = beliefs.find(
      (one) => !one?.bounds || Number(one.bounds.umin) < min || Number(one.bounds.umax) > max,
    );
    if (beliefs.length === 0 || outside === null) return answer(false);
    return answer(outside === undefined, outside ? `R${reg}=${outside.text}` : "");
  },
  did({ verb, what, answer: wanted }, { reader, registry }) {
    const calls = reader.calls.filter((call) => IS_VERB[verb](call, what, registry));
    const last = calls.at(-1);
    return answer(
      calls.some((call) => (call.call === "read" ? isLine(call.data, wanted) : answerOf(call) === wanted)),
      last && (last.call !== "read" || last.errno !== 0) ? answerOf(last) : "",
    );
  },
  attached: ({ is }, { isAttached }) => answer(isAttached === is),
  stands({ where }, { reader }) {
    const condition = parseCondition(where);
    if (typeof condition === "string" || reader.regs.length === 0) return answer(false);
    return answer(condition({ reg: (n) => BigInt(`0x${reader.regs[n]}`) }));
  },
};

/** Each instruction as the kernel prints it, helpers by their names. */
const textsOf = ({ program: { insns } }: Checked): readonly string[] =>
  insns.map((insn, i) => formatInsn(insn, insns[i + 1], { helperName }));

/** Visits of one exit that are looked at. */
const MAX_VISITS = 256;

/** Whether a call is the one that a verb stands for. */
const IS_VERB: Readonly<Record<Verb, (call: SyscallView, what: string, registry: Registry) => boolean>> = {
  load: ({ call }) => call === "prog-load",
  attach: ({ call }) => call === "prog-attach",
  detach: ({ call }) => call === "prog-detach",
  echo: (call, what, registry) => call.call === "write" && isOfModule(call.path, registry) && isLine(call.data, what),
  cat: ({ call }) => call === "read",
};

const isOfModule = (file: string, { definition: { attribute, files } }: Registry): boolean =>
  file === attribute.path || files.some(({ path }) => path === file);
/** Whether bytes (hex) are this text as echo writes it, with a newline behind it. */
const isLine = (data: string, text: string): boolean => data === toHex(utf8Encode(`${text}\n`));
const answerOf = ({ errno, errnoName }: SyscallView): string => (errno === 0 ? "ok" : errnoName);

interface Tried {
  /** What came out, u32; undefined: nothing did. */
  readonly value?: number;
  readonly run?: RunView;
  /** Why nothing came out: an errno's name, the verifier's message, a fault. */
  readonly why: string;
}

function outcomeOf(subject: Subject, on: readonly string[]): Tried {
  const { checked, program, registry } = subject;
  if (checked.view.verdict !== "accept") return { why: checked.view.message };
  const trial = newState(registry, subject);
  const { progType } = checked.program;
  const events: EventInput[] = [];
  for (const text of on) {
    const input = readInput(registry, progType, text);
    if (!input.ok) return { why: "" };
    events.push(input.event);
  }
  return progType === registry.definition.type.name
    ? byWrites(trial, program, events)
    : byPacket(trial, program, events.at(-1));
}

function byWrites(trial: SessionState, program: ProgramInput, events: readonly EventInput[]): Tried {
  const kernel = createKernel(trial);
  if (kernel.load(program).ret < 0) return { why: "" };
  kernel.attach();
  let tried: Tried = { why: "" };
  for (const event of events) {
    if (event.kind !== "sysfs") continue;
    const { run, ret, errnoName } = kernel.writeFile(event.path, event.data);
    if (ret < 0) tried = { why: errnoName };
    else if (run) tried = { ...ended(run), run };
  }
  return tried;
}

function byPacket(trial: SessionState, program: ProgramInput, event: EventInput | undefined): Tried {
  const run = event && createRuns(trial).runOnce(program, event, true).run;
  return run ? { ...ended(run), run } : { why: "" };
}

function ended({ end }: RunView): Tried {
  if (end.kind === "exit") return { value: end.retval, why: "" };
  return { why: end.kind === "fault" ? end.message : `${end.steps}` };
}
