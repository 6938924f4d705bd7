// Reads a pasted verifier's log line by line: what kind of line it is, which instruction it is about, what the verifier believed
// before and after each visit of an instruction, and which line refuses the program. Logs of Linux 5.10 to 7.3, levels 1 and 2,
// complete or cut off. Whether the verifier was right is not judged here.
import { codeOf, type LineKind } from "../verifier/log/kinds.ts";
import { cleanLines } from "./clean.ts";
import { type ParsedState, readState } from "./state.ts";
import { unwrapped } from "./unwrap.ts";

/** Register (`R3`) or stack slot (`fp-8`) → the log's words about it. Each frame has its own map. */
export type StateWords = ReadonlyMap<string, string>;

export interface PastedVisit {
  readonly slot: number;
  /** Index of the visit's line in the log. */
  readonly line: number;
  readonly frame: number;
  readonly before: StateWords;
  readonly after: StateWords;
  /** Index of the visit before this one on the same path. -1: the program or the log starts here. */
  readonly prev: number;
  readonly end: "exit" | "pruned" | "refused" | null;
}

export interface PastedLog {
  /** Only the log, without the text around it. */
  readonly text: string;
  /** Line → index into LINE_KINDS. */
  readonly kinds: Uint8Array;
  /** Line → slot that it is about. -1: none. */
  readonly slots: Int32Array;
  /** Line → column at which a state begins behind something else. 0: none. */
  readonly stateColumns: Uint16Array;
  readonly visits: readonly PastedVisit[];
  /** Slot → the instruction's text and opcode. */
  readonly insns: ReadonlyMap<number, { readonly text: string; readonly opcode: number }>;
  /** Slot → the log's words about registers and stack slots after this instruction, if there are any. */
  readonly results: ReadonlyMap<number, StateWords>;
  /** Slot → the source line from which the instruction was made. */
  readonly sources: ReadonlyMap<number, string>;
  /** Index of the line that refuses the program. -1: none. */
  readonly messageLine: number;
  readonly message: string;
  /** The line before it, if it tells more about the refusal: `invalid access to packet, …`. Else "". */
  readonly detail: string;
  /** Slot of the refused instruction. -1: none. */
  readonly messageSlot: number;
  /** Whether the log has its statistics, which are its end. */
  readonly complete: boolean;
  /** Whether the beginning of the log is missing. */
  readonly cutStart: boolean;
  /** Number of processed instructions, from the statistics. -1: there are none. */
  readonly processed: number;
  /** Positive, if the text around the log tells it. Else 0. */
  readonly errno: number;
}

const VISIT = /^(\d+): \(([0-9a-f]{2})\) (.*)$/;
const LISTED_INSN = /^\s+(?:>>>)?\s*(\d+)(?:: ([.0-9]{10}))?(?:\s*\||:)?\s*\(([0-9a-f]{2})\) (.*)$/;
const STATE = /^(\d+): (.*)$/;
const BRANCH = /^from (\d+) to (\d+)(?: \(speculative execution\))?: ?(.*)$/;
const SAFE = /^(\d+): safe$/;
const STATISTICS = /^processed (\d+) insns/;
const END_MARK = /^-- END PROG LOAD LOG --|^(?:prog '[^']*': )?(?:-- END|failed to load)/;
const BEGIN_MARK = /-- BEGIN (?:PROG LOAD|DUMP) LOG/;
/** Lines of the verifier that do not refuse anything, by their kind. */
const KNOWN: readonly (readonly [RegExp, LineKind])[] = [
  [/^$/, "blank"],
  [/^func#\d+ @\d+/, "function"],
  [/^Live regs before insn:|^topo_order|^subprog#\d+:|^stack use\/def|^\s+\d+: /, "live-registers"],
  [/^\(\d+(?:,\d+)*\) (?:frame \d+ insn|live stack update)/, "live-stack"],
  [/^;/, "source"],
  [/^(?:caller:|callee:|returning from callee:|to caller at \d+:)$/, "call"],
  [/^(?:Validating \S+ func#|Func#\d+ )/, "global-function"],
  [
    /^(?:mark_precise|force_precise|frame ?\d+: propagating|propagating|last_idx|regs=|parent |frame\d+: (?:last_idx|regs=|parent|propagating))/,
    "precision",
  ],
  [/^SCC (?:enter|exit|backedge)/, "loop"],
  [/^(?:verification time|stack depth|max_states_per_insn|subprog \d+ \(|insns processed)/, "statistics"],
  [/^(?:arg#\d+|btf_vmlinux|BTF is|magic:|size of)/, "note"],
];
/** Some refusals have two lines. This matches the first, which has the numbers; the second has the register. */
const DETAIL = /^invalid access to /;
const DIAGNOSIS = /^Verification failed: /;
/** Marks the log of an older kernel, which prints the whole state each time, not only what changed. */
const OLD_STATE = /R1(?:_\w+)?=ctx\(id=0|=inv/;

const ERRNOS: readonly (readonly [RegExp, number])[] = [
  [/Permission denied|\b(?:err(?:no|or)?\D{0,12})?-13\b|EACCES/i, 13],
  [/Invalid argument|-22\b|EINVAL/i, 22],
  [/Argument list too long|-7\b|E2BIG/i, 7],
  [/Bad address|-14\b|EFAULT/i, 14],
  [/Operation not permitted|-1\b|EPERM/i, 1],
];

const NOTHING: StateWords = new Map();

/** Reads a text with a log in it. undefined: it has no verifier's log. */
export function readLog(source: string): PastedLog | undefined {
  const all = unwrapped(cleanLines(source), isStart);
  const [from, to] = rangeOf(all);
  const lines = all.slice(from, to);
  if (!isLog(lines)) return undefined;
  return new Reader(lines, [...all.slice(0, from), ...all.slice(to)]).read();
}

/** Index of the log's first line, and the index behind its last line. */
function rangeOf(lines: readonly string[]): readonly [number, number] {
  const begin = lines.findIndex((line) => BEGIN_MARK.test(line)) + 1;
  const first = lines.findIndex((line, i) => i >= begin && isOfLog(line));
  let end = lines.findIndex((line, i) => i > first && END_MARK.test(line));
  if (end < 0) {
    const last = lines.findLastIndex((line) => STATISTICS.test(line));
    if (last > first) end = last + 1;
  }
  return [Math.max(0, first), end < 0 ? lines.length : end];
}

const isOfLog = (line: string): boolean =>
  VISIT.test(line) || BRANCH.test(line) || /^func#\d+ @\d+|^Live regs|^\d+: R\d+|^Validating /.test(line);

/** Whether the line begins as only a line of the verifier does. */
const isStart = (line: string): boolean =>
  [VISIT, LISTED_INSN, STATE, BRANCH, SAFE, STATISTICS, END_MARK, BEGIN_MARK].some((pattern) => pattern.test(line)) ||
  KNOWN.some(([pattern]) => pattern.test(line));

/**
 * Whether the lines are a verifier's log. Instructions alone are not enough, because bpftool prints them too. A log also has states,
 * statistics, lines about where a path comes from, or a refusal.
 */
function isLog(lines: readonly string[]): boolean {
  if (!lines.some((line) => VISIT.test(line) || LISTED_INSN.test(line)))
    return lines.some((line) => STATISTICS.test(line)) && lines.length > 1;
  return lines.some(
    (line) =>
      STATISTICS.test(line) ||
      BRANCH.test(line) ||
      /^\d+: (?:frame\d+: )?R\d+(?:_\w+)?=/.test(line) ||
      (VISIT.test(line) && /;\s+(?:frame\d+: )?(?:R\d+|fp-\d+)(?:_\w+)?=/.test(line)) ||
      /^(?:R\d+|invalid|unreachable|misaligned|math between|back-edge|infinite loop|BPF program is too large)\b/.test(
        line,
      ),
  );
}

class Reader {
  readonly #lines: readonly string[];
  readonly #around: readonly string[];
  readonly #kinds: Uint8Array;
  readonly #slots: Int32Array;
  readonly #stateColumns: Uint16Array;
  readonly #visits: { -readonly [Key in keyof PastedVisit]: PastedVisit[Key] }[] = [];
  readonly #insns = new Map<number, { text: string; opcode: number }>();
  readonly #results = new Map<number, StateWords>();
  readonly #sources = new Map<number, string>();
  readonly #lastOf = new Map<number, number>();
  /** What is believed now in each frame. A map here is replaced, never changed, because visits keep it. */
  readonly #frames: StateWords[] = [new Map()];
  #depth = 0;
  /** Index of the visit that the next visit follows. -1: none. */
  #prev = -1;
  #source: string | undefined;
  readonly #isOld: boolean;

  constructor(lines: readonly string[], around: readonly string[]) {
    this.#lines = lines;
    this.#around = around;
    this.#kinds = new Uint8Array(lines.length + 1);
    this.#slots = new Int32Array(lines.length + 1).fill(-1);
    this.#stateColumns = new Uint16Array(lines.length + 1);
    this.#isOld = lines.some((line) => OLD_STATE.test(line));
  }

  read(): PastedLog {
    const diagnosis = this.#lines.findIndex((line) => DIAGNOSIS.test(line));
    let processed = -1;
    let isList = false;
    for (const [i, line] of this.#lines.entries()) {
      const statistics = STATISTICS.exec(line);
      if (statistics) {
        processed = Number(statistics[1]);
        this.#mark(i, "statistics");
        continue;
      }
      if (diagnosis >= 0 && i >= diagnosis) {
        this.#list(line);
        this.#mark(i, line === "" ? "blank" : "note");
        continue;
      }
      if (/^(?:topo_order|subprog#\d+:|stack use\/def|Live regs)/.test(line)) isList = true;
      else if (!/^\s/.test(line) && line !== "") isList = false;
      if (isList) {
        const slot = this.#list(line);
        this.#mark(i, line === "" ? "blank" : "live-registers", slot);
        continue;
      }
      this.#line(line, i);
    }
    const messageLine = this.#findMessage(diagnosis);
    const message = messageLine < 0 ? "" : (this.#lines[messageLine] as string);
    const last = this.#visits.at(-1);
    if (messageLine >= 0) {
      this.#mark(messageLine, "refusal", last?.slot ?? -1);
      if (last) last.end = "refused";
    }
    const first = this.#visits[0];
    return {
      text: `${this.#lines.join("\n")}\n`,
      kinds: this.#kinds,
      slots: this.#slots,
      stateColumns: this.#stateColumns,
      visits: this.#visits,
      insns: this.#insns,
      results: this.#results,
      sources: this.#sources,
      message,
      detail: DETAIL.test(this.#lines[messageLine - 1] ?? "") ? (this.#lines[messageLine - 1] as string) : "",
      messageLine,
      messageSlot: messageLine < 0 ? -1 : (last?.slot ?? -1),
      complete: processed >= 0,
      cutStart: first !== undefined && first.slot !== 0,
      processed,
      errno: ERRNOS.find(([pattern]) => this.#around.some((line) => pattern.test(line)))?.[1] ?? 0,
    };
  }

  #mark(line: number, kind: LineKind, slot = -1, joint = 0): void {
    this.#kinds[line] = codeOf[kind];
    this.#slots[line] = slot;
    this.#stateColumns[line] = joint;
  }

  #line(line: string, i: number): void {
    const visit = VISIT.exec(line);
    if (visit) return this.#visit(Number(visit[1]), visit[2] as string, visit[3] as string, line, i);
    const branch = BRANCH.exec(line);
    if (branch) {
      const [from, to, rest] = [Number(branch[1]), Number(branch[2]), branch[3] as string];
      this.#prev = this.#lastOf.get(from) ?? -1;
      const isSafe = rest === "safe";
      if (!isSafe) this.#readState(rest, true);
      this.#mark(i, isSafe ? "branch-safe" : "branch", to, isSafe ? 0 : line.length - rest.length);
      return;
    }
    const safe = SAFE.exec(line);
    if (safe) {
      const last = this.#visits.at(-1);
      if (last) last.end = "pruned";
      this.#mark(i, "safe", Number(safe[1]));
      return;
    }
    const state = STATE.exec(line);
    const isNew = this.#visits.length === 0 || this.#follows(i, "branch") || this.#follows(i, "call");
    if (state && this.#readState(state[2] as string, this.#isOld || isNew, !isNew)) {
      this.#mark(i, "state", Number(state[1]));
      return;
    }
    if (line.startsWith(";")) this.#source = line.slice(1).trim();
    if (/^ *(?:frame\d+: ?)?(?:R\d+|fp-\d+)(?:_\w+)?=/.test(line) && this.#readState(line, true)) {
      this.#mark(i, "call");
      return;
    }
    if (/^to caller at/.test(line)) this.#depth = Math.max(0, this.#depth - 1);
    this.#mark(i, KNOWN.find(([pattern]) => pattern.test(line))?.[1] ?? "note", -1);
  }

  /** Whether the last line before `line` that is not blank is of this kind. */
  #follows(line: number, kind: LineKind): boolean {
    let before = line - 1;
    while (before >= 0 && this.#lines[before] === "") before--;
    return before >= 0 && this.#kinds[before] === codeOf[kind];
  }

  #visit(slot: number, opcode: string, rest: string, line: string, i: number): void {
    const { statement, state, next } = splitVisit(rest);
    this.#insns.set(slot, { text: statement, opcode: Number.parseInt(opcode, 16) });
    if (this.#source !== undefined) this.#sources.set(slot, this.#source);
    this.#source = undefined;
    const frame = this.#depth;
    const before = this.#current();
    if (/^call /.test(statement)) this.#called();
    const parsed = state === undefined ? undefined : readState(state);
    if (parsed) {
      this.#applyState(parsed, false);
      this.#results.set(slot, parsed.values);
    }
    const isExit = statement === "exit" && frame === 0;
    const after = this.#current();
    this.#visits.push({ slot, line: i, frame, before, after, prev: this.#prev, end: isExit ? "exit" : null });
    this.#prev = this.#visits.length - 1;
    this.#lastOf.set(slot, this.#prev);
    this.#mark(i, "insn", slot, state === undefined ? 0 : line.indexOf(";"));
    // At level 1 the log is cut back after each path. The state of the next branch is then printed on the line of the jump.
    if (next !== undefined) this.#readState(next, true);
  }

  /** Reads an instruction from a list of instructions, which is not a visit. Returns its slot, or -1 if the line has none. */
  #list(line: string): number {
    const listed = LISTED_INSN.exec(line);
    if (!listed) return -1;
    const slot = Number(listed[1]);
    const { statement } = splitVisit(listed[4] as string);
    if (!this.#insns.has(slot))
      this.#insns.set(slot, { text: statement, opcode: Number.parseInt(listed[3] as string, 16) });
    return slot;
  }

  #current(): StateWords {
    return this.#frames[this.#depth] ?? NOTHING;
  }

  /** Forgets the registers that a call overwrites. */
  #called(): void {
    const left = new Map(this.#current());
    for (const reg of ["R0", "R1", "R2", "R3", "R4", "R5"]) left.delete(reg);
    this.#frames[this.#depth] = left;
  }

  /**
   * Reads a state. Returns false if the text is not a state.
   * `whole`: it replaces all that was believed; otherwise it has only what changed.
   * `isResult`: it is the state after the last visited instruction.
   */
  #readState(text: string, whole: boolean, isResult = !whole): boolean {
    const parsed = readState(text);
    if (!parsed) return false;
    const frame = this.#applyState(parsed, whole);
    const visit = this.#visits.at(-1);
    // A state on a line of its own behind an instruction is the state after that instruction.
    if (visit && isResult && visit.frame === this.#depth) {
      visit.after = frame;
      this.#results.set(visit.slot, new Map([...(this.#results.get(visit.slot) ?? []), ...parsed.values]));
    }
    return true;
  }

  #applyState(parsed: ParsedState, whole: boolean): StateWords {
    if (parsed.frame !== undefined || whole) this.#depth = parsed.frame ?? 0;
    const frame = new Map(whole ? NOTHING : this.#current());
    for (const [name, words] of parsed.values) frame.set(name, words);
    this.#frames[this.#depth] = frame;
    return frame;
  }

  /** Index of the line that refuses the program: the last line whose text is of no known kind. -1: none. */
  #findMessage(diagnosis: number): number {
    const end = diagnosis < 0 ? this.#lines.length : diagnosis;
    for (let i = end - 1; i >= 0; i--) {
      const kind = this.#kinds[i];
      if (kind === codeOf.blank || kind === codeOf.statistics) continue;
      const line = this.#lines[i] as string;
      if (/^(?:cur|old) state:/.test(line)) {
        this.#mark(i, "compared");
        continue;
      }
      if (kind === codeOf.note && !/^(?:arg#|magic:)/.test(line)) return i;
      // States that are compared are printed below the line that refuses.
      if (kind === codeOf.call && /^ ?(?:frame\d+: ?)?R\d/.test(line)) continue;
      return -1;
    }
    return -1;
  }
}

interface VisitParts {
  readonly statement: string;
  /** The part of the state that the instruction changed. */
  readonly state?: string;
  /** The whole state before another instruction, printed on the same line. */
  readonly next?: string;
}

/** Splits the text of a visit into the instruction and the states behind it on the same line. */
function splitVisit(text: string): VisitParts {
  const joint = /\s\d+: (?=(?:frame\d+: ?)?(?:R\d+|fp-\d+)(?:_\w+)?=)/.exec(text);
  const next = joint ? { next: text.slice(joint.index + joint[0].length) } : {};
  const own = joint ? text.slice(0, joint.index) : text;
  const at = own.search(/\s*;\s+(?:frame\d+: ?)?(?:R\d+|fp-\d+|refs)/);
  if (at < 0) return { statement: own.replace(/\s*(?:;|\/\/|\t).*$/, "").trim(), ...next };
  return { statement: own.slice(0, at).trim(), state: own.slice(at).replace(/^\s*;\s+/, ""), ...next };
}
