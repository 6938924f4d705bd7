// A built-in program as its list has it (examples.ts, gallery.ts).

import type { Texts } from "../base/language.ts";
import type { ProgramInput } from "../session/views/program.ts";
export interface Example extends Omit<ExampleView, "program"> {
  readonly source: string;
  /** OREORE where it is not said. */
  readonly progType?: string;
}

/** What a built-in program is about, from the first things on. */
export const TOPICS = ["numbers", "flow", "memory", "maps", "helpers", "packets"] as const;

export type Topic = (typeof TOPICS)[number];

export interface ExampleView {
  /** `plus42`: `#example/plus42` */
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
