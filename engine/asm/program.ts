// The result of the parser: programs made of written instructions and labels, before any value is computed.
import type { Span } from "../base/span.ts";
import type { InsnMacro } from "../isa/macros.ts";
import type { Node } from "./node.ts";
import type { KnownLine, Site, Token } from "./token.ts";

export type FieldName = "code" | "dst" | "src" | "off" | "imm";

export interface Argument extends Span {
  readonly node: Node;
}

export type Item =
  | {
      readonly kind: "macro";
      readonly span: Span;
      readonly site: Site | undefined;
      readonly macro: InsnMacro;
      /** One for each parameter of the macro. A missing argument is `bad`. */
      readonly args: readonly Argument[];
      readonly complete: boolean;
    }
  | {
      readonly kind: "braces";
      readonly span: Span;
      readonly site: Site | undefined;
      readonly fields: Readonly<Partial<Record<FieldName, Argument>>>;
      readonly complete: boolean;
    }
  /** An instruction from known-lines.ts. `token` stands for the whole instruction. */
  | { readonly kind: "known"; readonly span: Span; readonly known: KnownLine; readonly token: Token }
  /** An instruction that is unknown. It gets slots of zeros, so that the slots after it keep their place. */
  | {
      readonly kind: "unknown";
      readonly span: Span;
      readonly site: Site | undefined;
      readonly name: string;
      readonly slots: number;
    }
  | { readonly kind: "label"; readonly name: string; readonly span: Span };

/** A list of instructions, with the settings of the record around it (`.prog_type = …`, `.fixup_map_hash_8b = { 3 }`). */
export interface ParsedProgram {
  /** The array's name, or the record's string. undefined: nothing stands around the instructions. */
  name: string | undefined;
  span: Span;
  readonly items: Item[];
  readonly settings: Setting[];
}

export interface Setting extends Span {
  readonly name: string;
  readonly values: readonly Argument[];
}

/** A map declared in C, with its attributes by name. */
export interface ParsedMap extends Span {
  readonly name: string;
  readonly attributes: readonly {
    readonly name: string;
    readonly value: number | string | undefined;
    readonly span: Span;
  }[];
}
