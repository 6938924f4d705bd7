// Names that the source defines, with the places of definition and use, for "go to definition", "find all" and rename.
import type { Span } from "../../base/span.ts";
import type { Analysis } from "../assemble.ts";
import { tokensOf } from "./place.ts";

export interface SymbolPlaces {
  readonly kind: "label" | "define" | "map" | "type" | "constant";
  readonly name: string;
  readonly definition: Span;
  /** All places, including the definition, sorted. */
  readonly all: readonly Span[];
}

/** The symbol at a place. `undefined`: there is no name there that the source defines. */
export function symbolAt(analysis: Analysis, source: string, offset: number): SymbolPlaces | undefined {
  return symbols(analysis, source).find(({ all }) => all.some((span) => span.start <= offset && offset <= span.end));
}

function symbols(analysis: Analysis, source: string): SymbolPlaces[] {
  const { assembly, preprocessed, declared, types } = analysis;
  const found: SymbolPlaces[] = [];
  const add = (kind: SymbolPlaces["kind"], name: string, definition: Span, uses: readonly Span[]) => {
    const places = new Map([definition, ...uses].map((span) => [span.start, { start: span.start, end: span.end }]));
    found.push({ kind, name, definition, all: [...places.values()].toSorted((a, b) => a.start - b.start) });
  };
  for (const label of assembly.labels) add("label", label.name, label.span, label.uses);
  const { tokens } = tokensOf(source);
  const named = new Map<string, Span[]>();
  for (const token of tokens) {
    if (token.kind !== "name") continue;
    const list = named.get(token.text);
    if (list) list.push(token);
    else named.set(token.text, [token]);
  }
  for (const define of preprocessed.defines) {
    // A macro's parameters can hide names. So only uses that the preprocessor saw count, and names in #ifdef.
    if (define.span) add("define", define.name, define.span, named.get(define.name) ?? define.uses);
  }
  for (const map of assembly.declaredMaps) {
    const uses = (named.get(map.def.name) ?? []).filter((span) =>
      assembly.written.some((w) => w.args.some((arg) => arg.start <= span.start && span.end <= arg.end)),
    );
    add("map", map.def.name, map.span, uses);
  }
  for (const [name, span] of types.declared) add("type", name, span, named.get(name) ?? []);
  for (const [name, span] of declared.constantSpans) add("constant", name, span, named.get(name) ?? []);
  return found;
}

export type Rename =
  | { readonly edits: readonly { readonly span: Span; readonly text: string }[] }
  | { readonly problem: "not-a-symbol" | "not-a-name" | "taken" };

/** The edits that rename the symbol at a place everywhere. */
export function renameAt(analysis: Analysis, source: string, offset: number, name: string): Rename {
  const symbol = symbolAt(analysis, source, offset);
  if (!symbol) return { problem: "not-a-symbol" };
  if (!/^[A-Za-z_]\w*$/.test(name)) return { problem: "not-a-name" };
  const taken =
    symbols(analysis, source).some((other) => other.name === name) || analysis.names.constant(name) !== undefined;
  if (taken && name !== symbol.name) return { problem: "taken" };
  return { edits: symbol.all.map((span) => ({ span, text: name })) };
}
