// The shape of a rule that a program can break, and of the words that explain it.

/** One language of an explanation. */
export interface Wording {
  /** What the rule asks for. */
  readonly rule: string;
  /** Why the kernel needs it. */
  readonly why: string;
  /** What usually helps. */
  readonly help: string;
}

export interface Rule {
  /** Stable kebab-case name. */
  readonly id: string;
  readonly match: RegExp;
  readonly en: Wording;
  readonly ja: Wording;
}
