// Reads a ```scene block: lines `key: value`. One table has the pictures, one the presses. A line that fits no row is a fault.
import type { Texts } from "../../engine/index.ts";
import { EXPECTED } from "./expected.ts";
import {
  type Act,
  blanksIn,
  PARTS,
  type PartName,
  type Picture,
  type PieceName,
  type Press,
  type Recipe,
  type Scene,
} from "./scene.ts";

type Fault = (line: number, found: string, expected: Texts) => void;
type Step = 1 | 2 | 3 | 4;

const form = <Made>(pattern: string, make: (...groups: string[]) => Made) => ({
  pattern: new RegExp(`^${pattern}$`),
  make,
});

const piece = (step: string, name: string): PieceName => ({ step: Number(step) as Step, name });

const PICTURES = [
  form(
    "(title|words|recipe|types|program|machine|log|parts|terminal|question|files|listing|maps|packet)",
    (kind) => ({ kind }) as Picture,
  ),
  form("code ([1-4]) (.+)", (step, name): Picture => ({ kind: "code", piece: piece(step, name) })),
  form("context ?(\\w*)", (preset): Picture => ({ kind: "context", preset })),
];

const ANSWER = "(?: -> (\\w+))?";
const ACTS = [
  form("(say|item|answer|solution|rewrite)", (kind) => ({ kind }) as Act),
  form(
    `part ((?:${PARTS.join("|")})(?: (?:${PARTS.join("|")}))*)`,
    (parts): Act => ({
      kind: "part",
      parts: parts.split(" ") as PartName[],
    }),
  ),
  form("type (\\w+)", (name): Act => ({ kind: "type", name })),
  form(`(load|attach|detach|cat)${ANSWER}`, (kind, answer = "ok") => ({ kind, answer }) as Act),
  form(`echo (.+?)${ANSWER}`, (text, answer = "ok"): Act => ({ kind: "echo", text, answer })),
  form(`test (\\S+)${ANSWER}`, (text, answer = "ok"): Act => ({ kind: "test", text, answer })),
  form(
    `update (\\w+) (\\S+)\\s*=\\s*(\\S+)${ANSWER}`,
    (map, key, value, answer = "ok"): Act => ({ kind: "update", map, key, value, answer }),
  ),
  form("shell (.+)", (line): Act => ({ kind: "shell", line })),
  form("define ([a-z-]{1,64})", (preset): Act => ({ kind: "define", preset })),
  form("step ?(\\d*)", (by): Act => ({ kind: "step", by: Number(by || 1) })),
  form("at (.+)", (text): Act => ({ kind: "at", text })),
  form("code ([1-4]) (.+)", (step, name): Act => ({ kind: "code", piece: piece(step, name) })),
  form("apply ([1-4])", (step): Act => ({ kind: "apply", step: Number(step) as Step })),
  form("field (\\w+)", (name): Act => ({ kind: "field", name })),
  form("edit (.+) => (.+)", (from, to): Act => ({ kind: "edit", from, to })),
];

function read<Made>(forms: readonly { pattern: RegExp; make: (...groups: string[]) => Made }[], text: string) {
  for (const { pattern, make } of forms) {
    const match = pattern.exec(text);
    if (match) return make(...(match.slice(1) as string[]));
  }
  return undefined;
}

/** Reads a list of slides, such as `25-27, 31`. undefined: the text is none. */
export function readSlides(text: string): readonly number[] | undefined {
  if (!/^\d+(-\d+)?(,\s*\d+(-\d+)?)*$/.test(text)) return undefined;
  return text.split(",").flatMap((part) => {
    const [from = 0, to = from] = part.split("-").map(Number);
    return Array.from({ length: Math.max(0, Math.min(to - from, 200) + 1) }, (_, i) => from + i);
  });
}

/** Writes a list of slides as ranges, such as `25-27,31`. */
export function slidesText(slides: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const slide of [...new Set(slides)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && slide === last[1] + 1) last[1] = slide;
    else ranges.push([slide, slide]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

interface SceneDraft {
  fill?: Scene["fill"];
  point?: number;
  slides: readonly number[];
  minutes: number;
  kernel: Recipe | null;
  real: boolean;
}

/** A sentence while it is read: the languages found so far. */
type Says = Partial<Record<keyof Texts, string>>;

/** `previous`: the point of the scene before, which is the default. undefined: it has no picture or no heading. */
export function readScene(text: string, line: number, previous: number, fault: Fault): Scene | undefined {
  const draft: SceneDraft = { slides: [], minutes: 0, kernel: null, real: false };
  const says: Says = {};
  const presses: { readonly act: Act; readonly line: number; readonly says: Says }[] = [];
  text.split("\n").forEach((one, i) => {
    if (one.trim() === "" || one.trim().startsWith("#")) return;
    const [, key = "", value = ""] = /^\s*(\w+):\s*(.*?)\s*$/.exec(one) ?? [];
    if (key === "ja" || key === "en") (presses.at(-1)?.says ?? says)[key] = value;
    else if (key === "press") {
      const act = read(ACTS, value);
      if (act) presses.push({ act, line: line + i, says: {} });
      else fault(line + i, one, EXPECTED.press);
    } else if (!setting(draft, key, value)) fault(line + i, one, EXPECTED.scene);
  });
  const heading = both(says, line, fault);
  if (draft.real) {
    if (!draft.fill?.some(({ kind }) => kind === "terminal")) fault(line, "kernel: real", EXPECTED.real);
    for (const { act, line: at } of presses) if (NOT_REAL.has(act.kind)) fault(at, act.kind, EXPECTED.real);
  }
  if (!draft.fill) fault(line, "", EXPECTED.fill);
  if (!heading) fault(line, "", EXPECTED.sentence);
  const made = presses.map(({ act, line: at, says: words }): Press => {
    const sentence = both(words, at, fault) ?? null;
    if (NEEDS_WORDS.has(act.kind) && !sentence) fault(at, act.kind, EXPECTED.sentence);
    return { act, says: sentence };
  });
  if (!draft.fill || !heading) return undefined;
  return {
    fill: draft.fill,
    point: draft.point ?? previous,
    slides: draft.slides,
    minutes: draft.minutes,
    kernel: draft.kernel,
    real: draft.real,
    says: heading,
    presses: [...blanks(heading), ...made.flatMap((press) => [press, ...blanks(press.says)])],
  };
}

const NEEDS_WORDS: ReadonlySet<Act["kind"]> = new Set(["say", "item"]);
/** Acts that a scene on the real Linux may not have. */
const NOT_REAL: ReadonlySet<Act["kind"]> = new Set(["test", "update", "shell", "define", "apply"]);
const BLANK: Press = { act: { kind: "blank" }, says: null };
const blanks = (says: Texts | null): Press[] => Array.from({ length: says ? blanksIn(says.ja) : 0 }, () => BLANK);

function both({ ja, en }: Says, line: number, fault: Fault): Texts | undefined {
  if (ja === undefined && en === undefined) return undefined;
  if (ja !== undefined && en !== undefined && blanksIn(ja) !== blanksIn(en)) fault(line, en, EXPECTED.sameBlanks);
  // A lesson in one language uses its sentence for both.
  return { ja: ja ?? en ?? "", en: en ?? ja ?? "" };
}

/** Puts one setting into the draft. false: the key or the value is unknown. */
function setting(draft: SceneDraft, key: string, value: string): boolean {
  if (key === "fill") {
    const [first, second, ...rest] = value.split(" + ").map((one) => read(PICTURES, one.trim()));
    if (!first || rest.length > 0 || (value.includes(" + ") && !second)) return false;
    draft.fill = second ? [first, second] : [first];
  } else if (key === "point" && /^\d{1,3}$/.test(value)) draft.point = Number(value);
  else if (key === "slides") {
    const slides = readSlides(value);
    if (!slides) return false;
    draft.slides = slides;
  } else if (key === "minutes" && /^\d{1,3}(\.\d)?$/.test(value)) draft.minutes = Number(value);
  else if (key === "kernel" && value === "real") {
    draft.kernel = [true, true, true, true];
    draft.real = true;
  } else if (key === "kernel" && /^(none|[1-4]( [1-4]){0,3})$/.test(value))
    draft.kernel = ["1", "2", "3", "4"].map((n) => value.includes(n)) as unknown as Recipe;
  else return false;
  return true;
}
