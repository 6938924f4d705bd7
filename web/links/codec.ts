// Links: what stands after the # and back. Nothing in a link is markup or code; whatever it holds, reading it ends in a
// value: a state, a name to open, or a sentence's key why not. Every version ever made stays readable.
import * as v from "valibot";
import type { DefinitionInput, MapInput } from "../../engine/index.ts";

/** All that a link carries. No theme and no language: those are the reader's. */
export interface LinkState {
  readonly source: string;
  readonly progType: string;
  readonly maps: readonly MapInput[];
  /** What is written to the hook's file, or the packet as hex. */
  readonly input: string;
  /** Which of one's own program types stands in OREORE's place; left out: OREORE. */
  readonly preset?: string;
  /** The same where it is none of the presets. */
  readonly definition?: DefinitionInput;
  /** Where the run stands; left out: no run is made. */
  readonly step?: number;
  readonly view?: string;
}

export type LinkFault = "broken" | "too-large" | "unknown-version" | "unknown-form" | "definition";

export type Link =
  | { readonly kind: "none" }
  | { readonly kind: "state"; readonly state: LinkState }
  | { readonly kind: "source"; readonly source: string }
  | { readonly kind: "example"; readonly name: string }
  | { readonly kind: "lesson"; readonly number: number }
  | { readonly kind: "fault"; readonly fault: LinkFault };

/** Longest text after `#v1.` that is looked at, and the most bytes it may unfold to. */
const MAX_PACKED = 200_000;
const MAX_UNPACKED = 2_000_000;

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const U32 = 0xffff_ffff;
const MAP_ENTRIES = {
  name: v.pipe(v.string(), v.maxLength(64)),
  type: v.pipe(v.string(), v.maxLength(64)),
  keySize: count(U32),
  valueSize: count(U32),
  maxEntries: count(U32),
  flags: count(U32),
  init: v.exactOptional(v.record(v.string(), v.string())),
};
const MAP = v.object({ ...MAP_ENTRIES, inner: v.exactOptional(v.object(MAP_ENTRIES)) });

const shortText = v.pipe(v.string(), v.maxLength(64));
const s32 = v.pipe(v.number(), v.integer(), v.minValue(-0x8000_0000), v.maxValue(0x7fff_ffff));
const helperIds = v.optional(v.pipe(v.array(count(1000)), v.maxLength(256)));
/** Its form and its bounds; whether a kernel takes it (names, overlaps) the engine says. */
const DEFINITION = v.object({
  name: shortText,
  ctx: v.object({
    struct: shortText,
    size: v.optional(count(0xffff)),
    fields: v.pipe(
      v.array(v.object({ name: shortText, off: count(0xffff), size: v.picklist([1, 2, 4, 8]), writable: v.boolean() })),
      v.minLength(1),
      v.maxLength(32),
    ),
  }),
  helpers: v.object({ set: shortText, plus: helperIds, minus: helperIds }),
  returnRange: v.optional(v.object({ min: s32, max: s32 })),
  attachName: shortText,
  sysfsPath: v.pipe(v.string(), v.maxLength(256)),
  show: v.optional(v.picklist(["%u", "%d", "0x%x"])),
}) satisfies v.GenericSchema<unknown, DefinitionInput>;

const STATE = v.object({
  source: v.pipe(v.string(), v.maxLength(1_000_000)),
  progType: v.exactOptional(v.pipe(v.string(), v.maxLength(64)), "oreore"),
  maps: v.exactOptional(v.pipe(v.array(MAP), v.maxLength(64)), []),
  input: v.exactOptional(v.pipe(v.string(), v.maxLength(100_000)), ""),
  preset: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  definition: v.exactOptional(v.unknown()),
  step: v.exactOptional(count(10_000_000)),
  view: v.exactOptional(v.pipe(v.string(), v.maxLength(32))),
});

/** `#v1.…` for a state. Unpadded base64url: chat tools leave it alone. */
export async function encodeLink(state: LinkState): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(state));
  const packed = await collect(through(json, new CompressionStream("deflate-raw")), Number.POSITIVE_INFINITY);
  return `#v1.${toBase64Url(packed as Uint8Array)}`;
}

/** Reads an address's fragment, with its `#` or without. Never throws. */
export async function decodeLink(hash: string): Promise<Link> {
  const text = hash.startsWith("#") ? hash.slice(1) : hash;
  if (text === "") return { kind: "none" };
  if (text.startsWith("v1.")) return decodeV1(text.slice(3));
  if (/^v\d+\./.test(text)) return fault("unknown-version");
  if (text.startsWith("src=")) {
    if (text.length > MAX_UNPACKED) return fault("too-large");
    try {
      return { kind: "source", source: decodeURIComponent(text.slice(4)).replace(/\r\n?/g, "\n") };
    } catch {
      return fault("broken"); // a % that starts nothing
    }
  }
  const [form, name = "", ...rest] = text.split("/");
  if (form === "example" && /^[\w-]{1,64}$/.test(name) && rest.length === 0) return { kind: "example", name };
  if (form === "lesson" && /^\d{1,3}$/.test(name) && rest.length === 0) return { kind: "lesson", number: Number(name) };
  return fault("unknown-form");
}

async function decodeV1(packed: string): Promise<Link> {
  if (packed.length > MAX_PACKED) return fault("too-large");
  const bytes = fromBase64Url(packed);
  if (!bytes) return fault("broken");
  try {
    const json = await collect(through(bytes, new DecompressionStream("deflate-raw")), MAX_UNPACKED);
    if (!json) return fault("too-large");
    const text = new TextDecoder("utf-8", { fatal: true }).decode(json);
    const parsed = v.safeParse(STATE, JSON.parse(text));
    if (!parsed.success) return fault("broken");
    const { definition, ...state } = parsed.output;
    if (definition === undefined) return { kind: "state", state: state as LinkState };
    const type = v.safeParse(DEFINITION, definition);
    return type.success
      ? { kind: "state", state: { ...state, definition: type.output } as LinkState }
      : fault("definition");
  } catch {
    return fault("broken"); // not deflate, not UTF-8, not JSON
  }
}

const fault = (which: LinkFault): Link => ({ kind: "fault", fault: which });

function through(bytes: Uint8Array, stream: GenericTransformStream): ReadableStream<Uint8Array> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  return blob.stream().pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>);
}

/** All bytes of a stream; undefined as soon as there are more than `limit`, so that a small link cannot fill the memory. */
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
