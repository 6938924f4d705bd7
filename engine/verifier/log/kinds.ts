// The kinds of lines in a log.

/** The index of a kind is its code. */
export const LINE_KINDS = [
  /** An empty line. */
  "blank",
  /** `func#0 @0` */
  "function",
  /** `Live regs before insn:` and its rows. */
  "live-registers",
  /** `(0) frame 0 insn 3 +live -8`, `(0) live stack update done in 2 iterations` */
  "live-stack",
  /** `3: (95) exit`, and on the same line the registers and slots that it changed. */
  "insn",
  /** `3: R0=1 R10=fp0` */
  "state",
  /** `from 2 to 4: R0=1 R10=fp0`: the walk continues with a branch that was put aside. */
  "branch",
  /** `from 2 to 4: safe`: a state that was explored before covers this branch. */
  "branch-safe",
  /** `4: safe` */
  "safe",
  /** `; return x; @ file.c:12`: the source line of the next instruction. */
  "source",
  /** `caller:`, `callee:`, `returning from callee:`, `to caller at 4:`, and the state below each of them. */
  "call",
  /** `Validating f() func#1...`, `Func#1 ('f') is safe for any args that match its prototype` */
  "global-function",
  /** `mark_precise: …`, `force_precise: …`, `frame 0: propagating r1` */
  "precision",
  /** `SCC enter (1)` */
  "loop",
  /** The message of a check that refused the program. */
  "refusal",
  /** The states below `infinite loop detected`. */
  "compared",
  /** The message of a check that did not refuse the program. */
  "note",
  /** `processed 5 insns …` */
  "statistics",
  /** Stands for lines that were left out. The kernel does not write it. */
  "gap",
] as const;

export type LineKind = (typeof LINE_KINDS)[number];

/** Whether a path begins at lines of this kind. */
export const beginsPath = (code: number): boolean => code === codeOf.branch || code === codeOf["branch-safe"];

export const codeOf = Object.fromEntries(LINE_KINDS.map((kind, code) => [kind, code])) as Readonly<
  Record<LineKind, number>
>;
