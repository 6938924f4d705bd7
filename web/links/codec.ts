// Links: from the page's state to the text after the # and back. Nothing in a link is markup or code. Reading any link ends in a value: a
// state, a name to open, or the key of a sentence that says why it cannot be read. Links of every earlier version stay readable.
import * as v from "valibot";
import { type Act, FIRST_EXAMPLE, type MapInput } from "../../engine/index.ts";
import { isEntry, MOST_ENTRIES } from "../lessons/entry.ts";
import { ACTS } from "./acts-schema.ts";

/** All that a link carries. No theme and no language: those are the reader's choice. */
export interface LinkState {
  readonly source: string;
  readonly progType: string;
  readonly maps: readonly MapInput[];
  /** The text written to the hook's file, or the packet as hex. */
  readonly input: string;
  /** The preset program type in OREORE's place. Absent: OREORE. */
  readonly preset?: string;
  /** The definition of a program type that is not a preset. The engine knows its parts and checks it. */
  readonly definition?: unknown;
  /** Contents of the maps before a run: map's name → hex of the key → hex of the value. */
  readonly contents?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Seed of random numbers, time and addresses of the run, and the CPU it runs on. Absent: as the page starts. */
  readonly seed?: number;
  readonly cpu?: number;
  /** The step to show. Absent: no run is made. */
  readonly step?: number;
  /** Slot of the instruction that is pointed at. */
  readonly slot?: number;
  /** The layout, and the view of each pane. Unknown names change nothing. */
  readonly view?: string;
  readonly views?: Readonly<Record<string, string>>;
  /** Lines from 1, each with its condition. "": none. */
  readonly breakpoints?: readonly (readonly [line: number, when: string])[];
  /** The lesson that the program answers, with what was done in it. */
  readonly lesson?: LinkLesson;
}

export interface LinkLesson {
  /** Name of a built-in lesson, or the file name of another one. */
  readonly name: string;
  /** Path of the lesson's file, or of the list that contains it, on the site: `#file/…`. */
  readonly file?: string;
  /** The file's text, if the file is not on the site. */
  readonly text?: string;
  /** The list that contains the lesson, if the list is not on the site. */
  readonly list?: LinkList;
  /** In order, from a fresh kernel, beginning with the lesson's own program. */
  readonly acts: readonly Act[];
}

/** A list of lessons, with those of its files that are not on the site. */
export interface LinkList {
  readonly title: { readonly en?: string; readonly ja?: string };
  readonly entries: readonly string[];
  /** Entry → text of its file. */
  readonly files: Readonly<Record<string, string>>;
  /** The entry of the lesson, from 1. */
  readonly at: number;
}

export type LinkFault = "broken" | "too-large" | "unknown-version" | "unknown-form" | "definition";

export type Link =
  | { readonly kind: "none" }
  | { readonly kind: "state"; readonly state: LinkState }
  | { readonly kind: "source"; readonly source: string }
  | { readonly kind: "example"; readonly name: string }
  /** A number, or a name. */
  | { readonly kind: "lesson"; readonly name: string }
  /** A lesson's file, or a list of lessons, on this site. `at`: the entry of the list, from 1. */
  | { readonly kind: "file"; readonly path: string; readonly at: number }
  | { readonly kind: "talk" }
  | { readonly kind: "fault"; readonly fault: LinkFault };

/** `3`, `bounds`, `spilled-registers` */
const LESSON_NAME = /^(\d{1,3}|[a-z][a-z0-9-]{0,63})$/;

/** The longest text after `#v1.` that is read, and the most bytes it may unpack to. */
export const MAX_PACKED = 200_000;
const MAX_UNPACKED = 2_000_000;

const count = (max: number, min = 0) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const U32 = 0xffff_ffff;
const name = v.pipe(v.string(), v.maxLength(32));
/** An object with at most `size` members. */
const bounded = <Part extends v.GenericSchema>(size: number, part: Part) =>
  v.pipe(
    v.record(v.pipe(v.string(), v.maxLength(1024)), part),
    v.check((parts) => Object.keys(parts).length <= size),
  );
const MAP_ENTRIES = {
  name: v.pipe(v.string(), v.maxLength(64)),
  type: v.pipe(v.string(), v.maxLength(64)),
  keySize: count(U32),
  valueSize: count(U32),
  maxEntries: count(U32),
  flags: count(U32),
  init: v.exactOptional(v.record(v.string(), v.string())),
  fields: v.exactOptional(v.record(v.string(), count(U32))),
};
const MAP = v.object({ ...MAP_ENTRIES, inner: v.exactOptional(v.object(MAP_ENTRIES)) });

const titleText = v.exactOptional(v.pipe(v.string(), v.maxLength(500)));
const LIST = v.object({
  title: v.object({ en: titleText, ja: titleText }),
  entries: v.pipe(v.array(v.pipe(v.string(), v.check(isEntry))), v.minLength(1), v.maxLength(MOST_ENTRIES)),
  files: bounded(MOST_ENTRIES, v.pipe(v.string(), v.maxLength(200_000))),
  at: count(MOST_ENTRIES, 1),
});

const STATE = v.object({
  source: v.pipe(v.string(), v.maxLength(1_000_000)),
  progType: v.exactOptional(v.pipe(v.string(), v.maxLength(64)), "oreore"),
  maps: v.exactOptional(v.pipe(v.array(MAP), v.maxLength(64)), []),
  input: v.exactOptional(v.pipe(v.string(), v.maxLength(100_000)), ""),
  preset: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  definition: v.exactOptional(v.unknown()),
  contents: v.exactOptional(bounded(64, bounded(256, v.pipe(v.string(), v.maxLength(8192))))),
  seed: v.exactOptional(count(U32)),
  cpu: v.exactOptional(count(63)),
  step: v.exactOptional(count(10_000_000)),
  slot: v.exactOptional(count(1_000_000)),
  view: v.exactOptional(name),
  views: v.exactOptional(v.record(name, name)),
  breakpoints: v.exactOptional(
    v.pipe(v.array(v.tuple([count(1_000_000, 1), v.pipe(v.string(), v.maxLength(500))])), v.maxLength(64)),
  ),
  lesson: v.exactOptional(
    v.object({
      name: v.pipe(v.string(), v.maxLength(200)),
      file: v.exactOptional(v.pipe(v.string(), v.maxLength(300))),
      text: v.exactOptional(v.pipe(v.string(), v.maxLength(200_000))),
      list: v.exactOptional(LIST),
      acts: ACTS,
    }),
  ),
});

/** A state as JSON. */
export const stateText = (state: LinkState): string =>
  JSON.stringify({ ...state, ...(state.lesson && { lesson: withoutRepeatedSource(state.lesson, state.source) }) });

/** `#v1.…` for a state. Unpadded base64url: chat tools leave it alone. */
export async function encodeLink(state: LinkState): Promise<string> {
  const json = new TextEncoder().encode(stateText(state));
  const packed = await collect(through(json, new CompressionStream("deflate-raw")), Number.POSITIVE_INFINITY);
  return `#v1.${toBase64Url(packed as Uint8Array)}`;
}

/** The state of a program of which only the source is known: all else is as the page starts. */
export const stateOfSource = (source: string): LinkState => ({
  source,
  progType: FIRST_EXAMPLE.program.progType,
  maps: [],
  input: FIRST_EXAMPLE.input,
});

/** Reads an address's fragment, with or without its `#`. Never throws. */
export async function decodeLink(hash: string): Promise<Link> {
  const text = hash.replace(/^(?:#|%23)+/, "");
  if (text === "") return { kind: "none" };
  if (text.startsWith("v1.")) return decodeV1(withoutPunctuation(text.slice(3)));
  if (/^v\d+\./.test(text)) return fault("unknown-version");
  if (text.startsWith("src=")) {
    if (text.length > MAX_UNPACKED) return fault("too-large");
    try {
      return { kind: "source", source: decodeURIComponent(text.slice(4)).replace(/\r\n?/g, "\n") };
    } catch {
      return fault("broken"); // a % that starts no escape
    }
  }
  const bare = withoutPunctuation(text);
  if (bare === "talk") return { kind: "talk" };
  const file = /^file\/([\w][\w./-]{0,200}\.md)(?::0*([1-9]\d{0,2}))?$/.exec(bare);
  if (file && !/\.\.|\/\//.test(bare)) return { kind: "file", path: file[1] as string, at: Number(file[2] ?? 1) };
  const [form, name = "", ...rest] = bare.split("/");
  if (form === "example" && /^[\w-]{1,64}$/.test(name) && rest.length === 0) return { kind: "example", name };
  if (form === "lesson" && LESSON_NAME.test(name) && rest.length === 0) return { kind: "lesson", name };
  return fault("unknown-form");
}

/** Removes what sentences and chat tools leave behind a link: a bracket, a full stop, a quote, an escaped blank. */
const withoutPunctuation = (text: string): string =>
  text.replace(/(?:%20|%3E|%22|[\s.,;:!?)>\]}"'’”»」』。、）])+$/iu, "");

async function decodeV1(packed: string): Promise<Link> {
  if (packed.length > MAX_PACKED) return fault("too-large");
  const bytes = fromBase64Url(packed);
  if (!bytes) return fault("broken");
  try {
    const json = await collect(through(bytes, new DecompressionStream("deflate-raw")), MAX_UNPACKED);
    if (!json) return fault("too-large");
    return readState(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    return fault("broken"); // not deflate, not UTF-8
  }
}

/** Reads a state as JSON, as files contain it. Never throws. */
export function readState(json: string): Link {
  try {
    const parsed = v.safeParse(STATE, JSON.parse(json));
    if (!parsed.success) return fault("broken");
    const { definition, lesson, ...rest } = parsed.output;
    const state = lesson ? { ...rest, lesson: { ...lesson, acts: whole(lesson.acts, rest.source) } } : rest;
    if (definition === undefined) return { kind: "state", state: state as LinkState };
    if (typeof definition !== "object" || definition === null || !isSmall(definition)) return fault("definition");
    return { kind: "state", state: { ...state, definition } as LinkState };
  } catch {
    return fault("broken"); // not JSON
  }
}

/** Leaves out the source of a written program if it is the state's own. */
const withoutRepeatedSource = (lesson: LinkLesson, source: string): object => ({
  ...lesson,
  acts: lesson.acts.map((act) => (act.do === "write" && act.source === source ? { do: "write" } : act)),
});
const whole = (acts: v.InferOutput<typeof ACTS>, source: string): readonly Act[] =>
  acts.map((act) => (act.do === "write" ? { do: "write", source: act.source ?? source } : act));

/** Whether a value is no larger than a form can make it. The engine knows its parts and checks them. */
function isSmall(value: unknown, depth = 6): boolean {
  if (typeof value === "string") return value.length <= 256;
  if (typeof value !== "object" || value === null) return true;
  const parts = Object.entries(value);
  return depth > 0 && parts.length <= 256 && parts.every(([key, part]) => key.length <= 64 && isSmall(part, depth - 1));
}

const fault = (which: LinkFault): Link => ({ kind: "fault", fault: which });

function through(bytes: Uint8Array, stream: GenericTransformStream): ReadableStream<Uint8Array> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  return blob.stream().pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>);
}

/** All bytes of a stream. undefined: more than `limit`. It stops there, so that a small link cannot fill the memory. */
async function collect(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    length += chunk.value.length;
    if (length > limit) {
      await reader.cancel();
      return undefined;
    }
    parts.push(chunk.value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
