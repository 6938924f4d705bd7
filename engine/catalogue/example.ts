// A built-in program as its list has it (examples.ts, gallery.ts).
import type { ExampleView } from "../session/views/check.ts";

export interface Example extends Omit<ExampleView, "program"> {
  readonly source: string;
  /** OREORE where it is not said. */
  readonly progType?: string;
}
