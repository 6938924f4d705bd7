// What a line of the log can be.

/** In the order of their codes. */
export const LINE_KINDS = [
  /** Nothing stands on it. */
  "blank",
  /** `func#0 @0` */
  "function",
  /** `Live regs before insn:` and its rows. */
  "live-registers",
  /** `(0) frame 0 insn 3 +live -8`, `(0) live stack update done in 2 iterations` */
  "live-stack",
  /** `3: (95) exit`, and on the same line what it changed. */
  "insn",
  /** `3: R0=1 R10=fp0` */
  "state",
  /** `from 2 to 4: R0=1 R10=fp0`: the walk goes on with a branch that was put aside. */
  "branch",
  /** `from 2 to 4: safe`: that branch is covered by a state explored before. */
  "branch-safe",
  /** `4: safe` */
  "safe",
  /** `; return x; @ file.c:12`: the source line that the next instruction was made of. */
  "source",
  /** `caller:`, `callee:`, `returning from callee:`, `to caller at 4:`, and the state below each. */
  "call",
  /** `Validating f() func#1...`, `Func#1 ('f') is safe for any args that match its prototype` */
  "global-function",
  /** `mark_precise: …`, `force_precise: …`, `frame 0: propagating r1` */
  "precision",
  /** `SCC enter (1)` */
  "loop",
  /** What a check said that refused the program. */
  "refusal",
  /** The states below `infinite loop detected`. */
  "compared",
  /** What a check said that did not. */
  "note",
  /** `processed 5 insns …` */
  "statistics",
  /** In place of lines left out; not the kernel's. */
  "gap",
] as const;

export type LineKind = (typeof LINE_KINDS)[number];

/** Does a path begin at lines of this kind? */
export const beginsPath = (code: number): boolean => code === codeOf.branch || code === codeOf["branch-safe"];

export const codeOf = Object.fromEntries(LINE_KINDS.map((kind, code) => [kind, code])) as Readonly<
  Record<LineKind, number>
>;
