// A built-in program as the lists in examples.ts and gallery.ts write it.

import type { Texts } from "../base/language.ts";
import type { ProgramInput } from "../session/views/program.ts";
export interface Example extends Omit<ExampleView, "program"> {
  readonly source: string;
  /** Absent: OREORE. */
  readonly progType?: string;
}

/** What a built-in program is about, basics first. */
export const TOPICS = ["numbers", "flow", "memory", "maps", "helpers", "packets"] as const;

export type Topic = (typeof TOPICS)[number];

export interface ExampleView {
  /** `plus42` in `#example/plus42`. */
  readonly name: string;
  readonly topic: Topic;
  readonly title: Texts;
  /** Why it is worth opening, one sentence. */
  readonly about: Texts;
  readonly program: ProgramInput;
  /** Text to write to the attach point's file, or another event. */
  readonly input: string;
  readonly expect: "accept" | "reject";
}
