// Which acts of a link are accepted. Each act of the engine needs a row here, or the code does not compile.
import * as v from "valibot";
import type { Act } from "../../engine/index.ts";

/** More than the page keeps for one lesson. */
const MOST_ACTS = 500;

const line = v.pipe(v.string(), v.maxLength(10_000));
const packet = v.pipe(v.string(), v.maxLength(100_000));
const hex = v.pipe(v.string(), v.maxLength(8192), v.regex(/^[0-9a-f]*$/));
const name = v.pipe(v.string(), v.maxLength(64));
const step = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000));
const recipe = v.picklist([1, 2, 3, 4]);

const alone = <const Do extends string>(does: Do) => v.strictObject({ do: v.literal(does) });

const ROWS = {
  /** Without a source: the program of the state. */
  write: v.strictObject({
    do: v.literal("write"),
    source: v.exactOptional(v.pipe(v.string(), v.maxLength(1_000_000))),
  }),
  load: alone("load"),
  attach: alone("attach"),
  detach: alone("detach"),
  cat: alone("cat"),
  echo: v.strictObject({ do: v.literal("echo"), text: line }),
  test: v.strictObject({ do: v.literal("test"), text: packet }),
  step: v.strictObject({ do: v.literal("step"), to: step, text: v.exactOptional(packet) }),
  apply: v.strictObject({ do: v.literal("apply"), step: recipe }),
  revert: v.strictObject({ do: v.literal("revert"), step: recipe }),
  define: v.strictObject({ do: v.literal("define"), preset: name }),
  shell: v.strictObject({ do: v.literal("shell"), line }),
  update: v.strictObject({ do: v.literal("update"), map: name, key: hex, value: hex }),
  delete: v.strictObject({ do: v.literal("delete"), map: name, key: hex }),
} as const satisfies Record<Act["do"], v.GenericSchema>;

export const ACTS = v.pipe(v.array(v.variant("do", Object.values(ROWS))), v.maxLength(MOST_ACTS));
