// Directives: comments that begin with `@` and state what C cannot say about the program. A C compiler ignores them.
// LANGUAGE.md describes them.
import { fromHex, viewOf } from "../base/bytes.ts";
import type { Span } from "../base/span.ts";
import type { MapDef } from "../program/program.ts";
import type { CValue } from "./ctype.ts";
import { Cursor } from "./cursor.ts";
import { evaluate } from "./evaluate.ts";
import { parseExpression } from "./expr.ts";
import { type Comment, lex } from "./lex.ts";
import { replaceFix } from "./messages.ts";
import type { ExprContext } from "./node.ts";
import { PROG_TYPE_NAMES } from "./prog-type-names.ts";
import { Token } from "./token.ts";

export interface Directives {
  progType?: string;
  expectedAttachType?: number;
  /** Place of `@attach` with its value. */
  attach?: Span;
  /** Offset of the end of the comment with `@prog`. */
  progEnd?: number;
  progFlags?: number;
  license?: string;
  ctx?: Uint8Array;
  funcInfo?: true;
  /** Name of the program to take if the source has several. */
  use?: string;
  readonly maps: { readonly def: MapDef; readonly span: Span }[];
  readonly labels: { readonly name: string; readonly span: Span }[];
  /** Comments such as `/* -> name *\/` within an instruction, which name the target of a jump's number. */
  readonly arrows: { readonly name: string; readonly span: Span; readonly at: number }[];
}

const NAMES = ["prog", "attach", "flags", "license", "map", "ctx", "label", "use", "btf"];
const DIRECTIVE = /^[\s*]*@([A-Za-z_]\w*)[ \t]*([^\n]*)/gm;

export function readDirectives(comments: readonly Comment[], context: ExprContext): Directives {
  const found: Directives = { maps: [], labels: [], arrows: [] };
  for (const comment of comments) {
    if (comment.text.length > 10_000) continue;
    const arrow = /^\s*->\s*([A-Za-z_]\w*)\s*$/.exec(comment.text);
    if (arrow) {
      const start = comment.textStart + comment.text.indexOf(arrow[1] as string);
      found.arrows.push({
        name: arrow[1] as string,
        span: { start, end: start + (arrow[1] as string).length },
        at: comment.start,
      });
      continue;
    }
    if (!comment.text.includes("@")) continue;
    for (const match of comment.text.matchAll(DIRECTIVE)) {
      const name = match[1] as string;
      const rest = (match[2] as string).replace(/\s+$/, "");
      const nameAt = comment.textStart + match.index + match[0].indexOf("@");
      const restAt = comment.textStart + match.index + match[0].length - (match[2] as string).length;
      new Directive(
        name,
        rest,
        { start: nameAt, end: nameAt + 1 + name.length },
        restAt,
        comment,
        found,
        context,
      ).read();
    }
  }
  return found;
}

/** The directive that declares a map, from `@` on. */
export const mapDirective = ({ name, type, keySize, valueSize, maxEntries, flags }: MapDef): string =>
  `@map ${name} ${type} key=${keySize} value=${valueSize} entries=${maxEntries}${flags === 0 ? "" : ` flags=${flags}`}`;

class Directive {
  readonly #name: string;
  readonly #rest: string;
  readonly #nameSpan: Span;
  readonly #restAt: number;
  readonly #found: Directives;
  readonly #comment: Span;
  readonly #context: ExprContext;

  constructor(
    name: string,
    rest: string,
    nameSpan: Span,
    restAt: number,
    comment: Span,
    found: Directives,
    context: ExprContext,
  ) {
    this.#name = name;
    this.#rest = rest;
    this.#nameSpan = nameSpan;
    this.#restAt = restAt;
    this.#comment = comment;
    this.#found = found;
    this.#context = context;
  }

  read(): void {
    const found = this.#found;
    const rest = this.#rest;
    switch (this.#name) {
      case "prog": {
        const name = rest.toLowerCase().replace(/^bpf_prog_type_/, "");
        found.progEnd = this.#comment.end;
        if (PROG_TYPE_NAMES.includes(name)) found.progType = name;
        else {
          const near = this.#context.reporter.similar(name, () => PROG_TYPE_NAMES);
          this.#wrong(
            `${rest === "" ? "names no type" : `there is no program type "${rest}"`}`,
            near ?? "xdp, socket_filter, oreore …",
            near,
          );
        }
        return;
      }
      case "attach": {
        found.attach = {
          start: this.#nameSpan.start,
          end: rest === "" ? this.#nameSpan.end : this.#restAt + rest.length,
        };
        const value = this.#number(/^[A-Z]/.test(rest) || /^\d/.test(rest) ? rest : `BPF_${rest.toUpperCase()}`);
        if (value !== undefined) found.expectedAttachType = value;
        return;
      }
      case "flags": {
        const value = this.#number(rest);
        if (value !== undefined) found.progFlags = value;
        return;
      }
      case "license":
        found.license = rest.replace(/^"(.*)"$/, "$1");
        return;
      case "btf":
        if (/^(?:functions|func_info)$/.test(rest)) found.funcInfo = true;
        else this.#wrong(rest === "" ? "says nothing" : `"${rest}" is not known`, "@btf functions", "functions");
        return;
      case "use":
        found.use = rest;
        return;
      case "label":
        if (/^[A-Za-z_]\w*$/.test(rest))
          found.labels.push({ name: rest, span: { start: this.#restAt, end: this.#restAt + rest.length } });
        else this.#wrong(`"${rest}" is no name`, "@label name");
        return;
      case "map":
        this.#map();
        return;
      case "ctx":
        this.#ctx();
        return;
      default: {
        // Documentation comments have @param and @return. Only names near to a directive's are reported.
        const near = this.#context.reporter.similar(this.#name, () => NAMES);
        if (near !== undefined && near.length > 2 && this.#name !== "param") {
          this.#context.reporter.report("unknown-directive", this.#nameSpan, { name: this.#name }, [
            replaceFix(this.#nameSpan, `@${near}`),
          ]);
        }
      }
    }
  }

  #wrong(problem: string, expected: string, replacement?: string): void {
    const span = this.#rest === "" ? this.#nameSpan : { start: this.#restAt, end: this.#restAt + this.#rest.length };
    const fixes = replacement === undefined || this.#rest === "" ? [] : [replaceFix(span, replacement)];
    this.#context.reporter.report("directive-value", span, { name: this.#name, problem, expected }, fixes);
  }

  /** The value of a C constant expression in the comment. */
  #value(text: string, at: number): CValue | undefined {
    const tokens = lex(text).tokens.map(
      (t) => new Token(t.kind, t.text, t.start + at, t.end + at, t.lineStart, t.spaced),
    );
    const cursor = new Cursor(tokens, at + text.length);
    const node = parseExpression(cursor, this.#context);
    if (node.kind === "bad") return undefined;
    if (!cursor.done) {
      this.#wrong(`"${cursor.token.text}" does not belong to the value`, "one value");
      return undefined;
    }
    return evaluate(node, this.#context);
  }

  #number(text: string): number | undefined {
    if (text === "") {
      this.#wrong("has no value", `@${this.#name} value`);
      return undefined;
    }
    const value = this.#value(text, this.#restAt);
    return value && Number(BigInt.asUintN(32, BigInt(value.v)));
  }

  /** Reads `name type key=4 value=8 entries=16 flags=0 init[0]=hex field.bpf_spin_lock=4 extra=0 frozen named typed`. */
  #map(): void {
    const words = [...this.#rest.matchAll(/(?:\((?:[^()]|\([^()]*\))*\)|[^\s()])+/g)].map((m) => ({
      text: m[0],
      at: this.#restAt + m.index,
    }));
    const [name, type] = words;
    if (!name || !type || !/^[A-Za-z_]\w*$/.test(name.text)) {
      this.#wrong(name ? "names no type" : "names no map", "@map name type key=4 value=8 entries=1");
      return;
    }
    const def = {
      name: name.text,
      type: type.text.toLowerCase().replace(/^bpf_map_type_/, ""),
      keySize: 4,
      valueSize: 4,
      maxEntries: 1,
      flags: 0,
    };
    if (this.#context.names.constant(`BPF_MAP_TYPE_${def.type.toUpperCase()}`) === undefined) {
      this.#wrong(`there is no map type "${type.text}"`, "array, hash, percpu_array, ringbuf …");
      return;
    }
    const init: Record<string, string> = {};
    const fields: Record<string, number> = {};
    const flags = { frozen: false, named: false, typed: false };
    for (const word of words.slice(2)) {
      if (word.text === "frozen" || word.text === "named" || word.text === "typed") {
        flags[word.text] = true;
        continue;
      }
      const match = /^(\w+)(?:\[(\w+)\]|\.(\w+))?=(.+)$/.exec(word.text);
      const value =
        match && match[1] !== "init"
          ? this.#value(match[4] as string, word.at + word.text.indexOf("=") + 1)
          : undefined;
      const number = value === undefined ? undefined : Number(value.v);
      if (match?.[1] === "init" && match[2] !== undefined && fromHex(match[4] as string))
        init[match[2]] = match[4] as string;
      else if (match?.[1] === "field" && match[3] !== undefined && number !== undefined) fields[match[3]] = number;
      else if (match && number !== undefined && (match[1] as string) in MAP_KEYS) {
        (def as unknown as Record<string, number>)[MAP_KEYS[match[1] as string] as string] = number;
      } else if (!match || match[1] === "init" || !((match[1] as string) in MAP_KEYS)) {
        const span = { start: word.at, end: word.at + word.text.length };
        this.#context.reporter.report("directive-value", span, {
          name: "map",
          problem: `"${word.text}" is not known`,
          expected: "key=, value=, entries=, flags=, init[key]=hex, field.name=offset, extra=, frozen, named, typed",
        });
      }
    }
    const whole: MapDef = {
      ...def,
      ...(Object.keys(init).length > 0 ? { init } : {}),
      ...(Object.keys(fields).length > 0 ? { fields } : {}),
      ...(flags.frozen && { frozen: true }),
      ...(flags.named && { named: true }),
      ...(flags.typed && { typed: true }),
    };
    this.#found.maps.push({ def: whole, span: { start: name.at, end: name.at + name.text.length } });
  }

  /** Hex bytes, or `field=value` of the program type's context struct later; `u32 10` words. */
  #ctx(): void {
    const hex = fromHex(this.#rest.replace(/^0x|[\s,:]+|\\x/g, ""));
    if (hex && hex.length > 0) {
      this.#found.ctx = hex;
      return;
    }
    const typed = /^(u8|u16|u32|u64)\s+(.+)$/.exec(this.#rest);
    const value = typed && this.#value(typed[2] as string, this.#restAt + this.#rest.indexOf(typed[2] as string, 2));
    if (!typed) this.#wrong("holds no bytes", "hex bytes (0a 00 00 00) or u32 10");
    else if (value) {
      const size = Number((typed[1] as string).slice(1)) / 8;
      const bytes = new Uint8Array(8);
      viewOf(bytes).setBigUint64(0, BigInt.asUintN(64, BigInt(value.v)), true);
      this.#found.ctx = bytes.slice(0, size);
    }
  }
}

const MAP_KEYS: Readonly<Record<string, string>> = {
  key: "keySize",
  key_size: "keySize",
  value: "valueSize",
  value_size: "valueSize",
  entries: "maxEntries",
  max_entries: "maxEntries",
  flags: "flags",
  map_flags: "flags",
  extra: "extra",
  map_extra: "extra",
};
