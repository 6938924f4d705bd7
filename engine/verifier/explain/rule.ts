// The shape of the words that explain a rule which a program can break. Words in braces are arguments of the refusal.

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
  readonly en: Wording;
  readonly ja: Wording;
}

/** By a kebab-case name. */
export type Rules = Readonly<Record<string, Rule>>;
