// Reads the lines of a ```solution block, one act of a student per line, and writes an act back as such a line.
import { type Act, elementBytes, elementNumber, type MapInput, type RecipeStep } from "../../engine/index.ts";

/** `source`: the program that `write` writes. `maps`: the lesson's maps. undefined: the line is no act. */
export function readAct(line: string, source: string, maps: readonly MapInput[]): Act | undefined {
  const [, verb = "", rest = ""] = /^(\w+)(?:\s+(.+))?$/.exec(line) ?? [];
  if (!Object.hasOwn(ACTS, verb)) return undefined;
  return ACTS[verb as Act["do"]](rest, source, maps);
}

type Reader = (rest: string, source: string, maps: readonly MapInput[]) => Act | undefined;

const alone =
  (verb: "load" | "attach" | "detach" | "cat"): Reader =>
  (rest) =>
    rest === "" ? { do: verb } : undefined;
const stepOf = (text: string): RecipeStep | undefined =>
  /^[1-4]$/.test(text) ? (Number(text) as RecipeStep) : undefined;

const ACTS: Readonly<Record<Act["do"], Reader>> = {
  write: (rest, source) => (rest === "" ? { do: "write", source } : undefined),
  load: alone("load"),
  attach: alone("attach"),
  detach: alone("detach"),
  cat: alone("cat"),
  echo: (text) => (text === "" ? undefined : { do: "echo", text }),
  test: (text) => (text === "" ? undefined : { do: "test", text }),
  step: (to) => (/^\d{1,7}$/.test(to) ? { do: "step", to: Number(to) } : undefined),
  apply: (text) => recipe("apply", text),
  revert: (text) => recipe("revert", text),
  define: (preset) => (/^[a-z-]{1,64}$/.test(preset) ? { do: "define", preset } : undefined),
  shell: (line) => (line === "" ? undefined : { do: "shell", line }),
  update(rest, _, maps) {
    const [, map = "", key = "", value = ""] = /^(\w+) (\S+)\s*=\s*(\S+)$/.exec(rest) ?? [];
    const bytes = bytesFor(maps, map, key, value);
    return bytes && { do: "update", map, ...bytes };
  },
  delete(rest, _, maps) {
    const [, map = "", key = ""] = /^(\w+) (\S+)$/.exec(rest) ?? [];
    const bytes = bytesFor(maps, map, key, "0");
    return bytes && { do: "delete", map, key: bytes.key };
  },
};

function recipe(verb: "apply" | "revert", text: string): Act | undefined {
  const step = stepOf(text);
  return step && { do: verb, step };
}

function bytesFor(maps: readonly MapInput[], name: string, key: string, value: string) {
  const map = maps.find((one) => one.name === name);
  const bytes = map && { key: elementBytes(key, map.keySize), value: elementBytes(value, map.valueSize) };
  return bytes?.key !== undefined && bytes.value !== undefined ? { key: bytes.key, value: bytes.value } : undefined;
}

/** An act as a line of a lesson's solution. */
export function actText(act: Act): string {
  switch (act.do) {
    case "echo":
    case "test":
      return `${act.do} ${act.text}`;
    case "step":
      return `step ${act.to}`;
    case "apply":
    case "revert":
      return `${act.do} ${act.step}`;
    case "define":
      return `define ${act.preset}`;
    case "shell":
      return act.line;
    case "update":
      return `update ${act.map} ${wordOf(act.key)} = ${wordOf(act.value)}`;
    case "delete":
      return `delete ${act.map} ${wordOf(act.key)}`;
    default:
      return act.do;
  }
}

/** A decimal number if there are at most 8 bytes (hex) and the value is at most MAX_SAFE_INTEGER, else hex. */
function wordOf(hex: string): string {
  const value = elementNumber(hex);
  return hex.length <= 16 && value <= Number.MAX_SAFE_INTEGER ? String(value) : `0x${hex}`;
}
