// A hover as Markdown. Words from a source text become code spans, so that nothing in them is markup.
import type { Hover } from "../../engine/index.ts";
import { groupBytes } from "../panes/editor/bytes.ts";
import type { Language } from "../stores/page/settings.ts";

type SlotHover = Extract<Hover, { kind: "insn" }>["slots"][number];

const LABELS = {
  en: {
    bytes: "bytes",
    kernel: "kernel",
    now: "now",
    types: "program types",
    gpl: "GPL only",
    uses: "used",
    slot: "slot",
    all: "all",
    offset: "offset",
    size: "bytes",
    key: "key",
    value: "value",
    entries: "entries",
    known: (slot: number) => `The verifier, before slot ${slot}:`,
    unset: "nobody has set it",
    more: (n: number) => `and ${n} more`,
  },
  ja: {
    bytes: "バイト列",
    kernel: "カーネル表記",
    now: "現在の値",
    types: "プログラムタイプ",
    gpl: "GPL のみ",
    uses: "使用箇所",
    slot: "スロット",
    all: "すべて",
    offset: "オフセット",
    size: "バイト",
    key: "キー",
    value: "値",
    entries: "エントリ",
    known: (slot: number) => `スロット ${slot} の直前で verifier が知っていること:`,
    unset: "まだ値がない",
    more: (n: number) => `ほか ${n} 通り`,
  },
} as const;

/** Any text as a code span. */
function code(text: string): string {
  const fence = "`".repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length)) + 1);
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}
const block = (text: string): string => `\`\`\`\n${text.replaceAll("```", "'''")}\n\`\`\``;

/** What is known about a register at the current step and from the verifier. */
export interface RegisterNow {
  /** Value at the current step, 16 hex digits. */
  readonly value: string | undefined;
  /** The instruction over which the pointer is. -1: none. */
  readonly slot: number;
  /** What the verifier knew about it before that instruction: one text for each different path to it. "": nothing. */
  readonly beliefs: readonly string[];
}

const MOST_BELIEFS = 4;

/** Paragraphs of Markdown. `live`: for a register. */
export function hoverMarkdown(hover: Hover, language: Language, live: RegisterNow | undefined): string[] {
  const say = LABELS[language];
  switch (hover.kind) {
    case "insn":
      return [
        block(hover.signature),
        hover.words[language],
        block(hover.expansion.join("\n")),
        ...hover.slots.slice(0, 8).map((slot) => slotText(slot, language)),
        ...(hover.source === "" ? [] : [code(hover.source)]),
      ];
    case "register":
      return [
        `${code(hover.name)} ${hover.role[language]}`,
        ...(live?.value === undefined ? [] : [`${say.now}: ${code(hex(live.value))}`]),
        ...(live && live.beliefs.length > 0 ? [knownText(live, language)] : []),
      ];
    case "helper":
      return [
        block(hover.prototype ?? hover.name),
        `${code(`${hover.name}#${hover.id}`)}${hover.gplOnly ? `, ${say.gpl}` : ""}`,
        ...(hover.programTypes.length > 0 ? [`${say.types}: ${hover.programTypes.map(code).join(", ")}`] : []),
      ];
    case "constant":
      return [
        `${code(hover.name)} = ${code(hover.decimal)} = ${code(hover.hex)}`,
        ...(hover.meaning ? [hover.meaning[language]] : []),
      ];
    case "define":
      return [block(hover.text), ...(hover.words ? [hover.words[language]] : [])];
    case "struct":
      return [
        block(
          `struct ${hover.name} { /* ${hover.size} */\n${hover.fields
            .map((field) => `\t${field.type} ${field.name}; /* ${field.off}, ${field.size} */`)
            .join("\n")}\n};`,
        ),
      ];
    case "field":
      return [
        block(`${hover.type} ${hover.struct}.${hover.name}`),
        `${say.offset} ${hover.off}, ${hover.size} ${say.size}`,
      ];
    case "label":
      return [`${code(hover.name)}: ${say.slot} ${hover.slot}, ${say.uses} ${hover.uses}`];
    case "map":
      return [
        `${code(hover.name)} ${code(hover.type)}`,
        `${say.key} ${hover.keySize}, ${say.value} ${hover.valueSize} ${say.size}, ${hover.maxEntries} ${say.entries}`,
      ];
    case "directive":
      return [code(hover.name), hover.words[language]];
  }
}

const hex = (digits: string): string => `0x${digits.replace(/^0+(?=.)/, "")}`;

function knownText({ slot, beliefs }: RegisterNow, language: Language): string {
  const say = LABELS[language];
  const shown = beliefs.slice(0, MOST_BELIEFS).map((text) => (text === "" ? say.unset : code(text)));
  const more = beliefs.length > MOST_BELIEFS ? [say.more(beliefs.length - MOST_BELIEFS)] : [];
  return [say.known(slot), ...shown, ...more].join("  \n");
}

function slotText(slot: SlotHover, language: Language): string {
  const say = LABELS[language];
  const { code: op, dst, src, off, imm } = slot.fields;
  const fields = `code=0x${op.toString(16).padStart(2, "0")} dst=${dst} src=${src} off=${off} imm=${imm}`;
  return [
    `${say.slot} ${slot.slot}: ${code(slot.kernel)}`,
    slot.words[language],
    `${say.bytes}: ${code(groupBytes(slot.hex))}`,
    code(fields),
    ...(slot.rfc ? [`[RFC 9669 §${slot.rfc.section}](${slot.rfc.url})`] : []),
  ].join("  \n");
}
