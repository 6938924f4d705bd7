// The input on which a program runs. A draft, a link and a lesson keep it as text beside the program. Only this file reads that text (by
// the program's type) and prints it. Only this file knows a type's first input and the newline that echo adds.
import { fromHex, utf8Encode, viewOf } from "../../base/bytes.ts";
import type { Texts } from "../../base/language.ts";
import { errnoName } from "../../facts/errno.ts";
import type { ProgType } from "../../facts/types.ts";
import type { KernelDefinition } from "../../kernel/definition.ts";
import { contextFrom, eventOf } from "../../kernel/module.ts";
import type { Registry } from "../../kernel/registry.ts";
import { takesPacket } from "../../kernel/test-run.ts";
import { PACKETS } from "../../packets/packets.ts";
import { type Event, PT_REGS } from "../../vm/index.ts";
import type { ProgTypeView } from "../views/kernel.ts";
import type { EventInput, InputView } from "../views/program.ts";

/** Bytes in memory order. Empty if the text is not hex. White space is ignored. */
export const bytesOf = (hex: string): Uint8Array => fromHex(hex.replace(/\s/g, "")) ?? new Uint8Array();

/** What runs programs of a type here. */
export type EventKind = ProgTypeView["event"];

export function eventKind({ definition }: Registry, type: ProgType): EventKind {
  // Compared by name: the definition's number may belong to another type of the recorded kernel.
  if (type.name === definition.type.name) return "sysfs";
  return takesPacket(type) ? "packet" : type.notSimulated === null ? "ctx" : "none";
}

/** Ethernet, IPv4 (10.0.0.1 → 10.0.0.2), UDP (8080 → 53), 22 bytes of text: 64 bytes in all. */
const FIRST_PACKET =
  "ffffffffffff0200000000010800" +
  "4500003200010000401166b80a0000010a000002" +
  "1f900035001e0000" +
  "6f72656f7265206f72656f7265206f72656f7265210a";

/** A packet or context without content. */
const NO_BYTES = "00".repeat(64);

/** The first input of programs of a type. */
export function firstInput(registry: Registry, type: ProgType): string {
  const first: Readonly<Record<EventKind, () => string>> = {
    sysfs: () => firstText(registry.definition),
    packet: () => FIRST_PACKET,
    ctx: () => NO_BYTES,
    none: () => "",
  };
  return first[eventKind(registry, type)]();
}

/** A text that the definition's file accepts: one number for each field that a write sets. */
function firstText({ attribute: { parse, store } }: KernelDefinition): string {
  if (parse === "bytes") return "hello";
  return store.map((_, i) => (i === 0 ? "10" : "32")).join(" ") || "1";
}

/** Reads the text as an event. */
export function readInput(registry: Registry, progType: string, text: string): InputView {
  const type = registry.progTypes().find(({ name }) => name === progType);
  if (!type) return faultyInput(FAULT_TEXTS.noType(progType));
  const kind = eventKind(registry, type);
  // A shell's echo adds the newline.
  if (kind === "sysfs") return eventInput({ kind, path: registry.definition.attribute.path, data: `${text}\n` });
  if (kind === "none") return faultyInput(FAULT_TEXTS.noEvent(type));
  const said = text.trim();
  const packet = kind === "packet" ? PACKETS.find(({ name }) => name === said) : undefined;
  if (packet) return eventInput({ kind: "packet", hex: packet.hex });
  const hex = said.replace(/\s/g, "").toLowerCase();
  if (hex === "") return eventInput({ kind, hex: NO_BYTES });
  return fromHex(hex) ? eventInput({ kind, hex }) : faultyInput(FAULT_TEXTS.noHex(kind, said));
}

/** The text that is read as this event. A packet and a context are hex. */
export const printInput = (event: EventInput): string =>
  event.kind === "sysfs" ? event.data.replace(/\n$/, "") : event.hex;

const eventInput = (event: EventInput): InputView => ({ ok: true, event, text: printInput(event) });
const faultyInput = (why: Texts): InputView => ({ ok: false, why });

/** As much of a text as fits into a sentence. */
const quoted = (text: string): string => (text.length <= 40 ? text : `${text.slice(0, 39)}…`);

const FAULT_TEXTS = {
  noType: (name: string): Texts => ({
    en: `This kernel has no program type \`${quoted(name)}\`.`,
    ja: `このカーネルにプログラムタイプ \`${quoted(name)}\` はありません。`,
  }),
  noEvent: ({ name }: ProgType): Texts => ({
    en: `Nothing runs programs of type \`${name}\` here.`,
    ja: `ここには \`${name}\` のプログラムを実行するイベントがありません。`,
  }),
  noHex: (kind: "packet" | "ctx", text: string): Texts =>
    kind === "packet"
      ? {
          en: `\`${quoted(text)}\` is no packet: it takes two hex digits for each byte, or a name such as \`icmp-echo\`.`,
          ja: `\`${quoted(text)}\` はパケットではありません。1 バイトを 2 桁の 16 進数で書くか、\`icmp-echo\` のような名前を書きます。`,
        }
      : {
          en: `\`${quoted(text)}\` is no context: it takes two hex digits for each byte.`,
          ja: `\`${quoted(text)}\` はコンテキストではありません。1 バイトを 2 桁の 16 進数で書きます。`,
        },
  noEntry: (kind: EventInput["kind"], { name }: ProgType): Texts => ({
    en: `A \`${kind}\` does not run programs of type \`${name}\`.`,
    ja: `\`${kind}\` では \`${name}\` のプログラムは実行されません。`,
  }),
  noWrite: (data: string, errno: number): Texts => ({
    en: `The module's file refuses \`${quoted(data.trim())}\` with ${errnoName(errno)}, before a program runs.`,
    ja: `モジュールのファイルは \`${quoted(data.trim())}\` を ${errnoName(errno)} で拒否し、プログラムは実行されません。`,
  }),
};

/** The event with which the machine is entered, or why this event does not run programs of the type. */
export function eventFor({ definition }: Registry, type: ProgType, event: EventInput): Event | Texts {
  switch (event.kind) {
    case "sysfs": {
      if (type.name !== definition.type.name) return FAULT_TEXTS.noEntry(event.kind, type);
      const ctx = contextFrom(definition, utf8Encode(event.data));
      return typeof ctx === "number" ? FAULT_TEXTS.noWrite(event.data, -ctx) : eventOf(definition, ctx);
    }
    case "packet":
      return takesPacket(type) ? { kind: "packet", data: bytesOf(event.hex) } : FAULT_TEXTS.noEntry(event.kind, type);
    case "ctx":
      return type.ctxStruct === "pt_regs" ? kprobeOf(bytesOf(event.hex)) : { kind: "ctx", bytes: bytesOf(event.hex) };
  }
}

/** Why the machine does not take a packet or a context. `ret`: the result of enterEvent(). */
export const entryRefusal = (kind: EventInput["kind"], ret: number): Texts =>
  kind === "packet"
    ? {
        en: `The kernel refuses this packet with ${errnoName(-ret)}: a frame needs its Ethernet header, and IP its own.`,
        ja: `カーネルはこのパケットを ${errnoName(-ret)} で拒否します。Ethernet ヘッダと、IP ならそのヘッダが必要です。`,
      }
    : {
        en: `The kernel refuses this context with ${errnoName(-ret)}: it is longer than a context can be here.`,
        ja: `カーネルはこのコンテキストを ${errnoName(-ret)} で拒否します。ここで使えるコンテキストより長いためです。`,
      };

/** Registers from the bytes of struct pt_regs. Missing bytes are zero. */
function kprobeOf(given: Uint8Array): Event {
  const bytes = new Uint8Array(8 * PT_REGS.length);
  bytes.set(given.subarray(0, bytes.length));
  return {
    kind: "kprobe",
    regs: Object.fromEntries(PT_REGS.map((name, i) => [name, viewOf(bytes).getBigUint64(8 * i, true)])),
  };
}
