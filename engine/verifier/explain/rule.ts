// The types of the words that explain a rule. Words in braces are arguments of the refusal.

/** One language of an explanation. */
export interface Wording {
  /** What the rule demands. */
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

/** By the rule's kebab-case name. */
export type Rules = Readonly<Record<string, Rule>>;
