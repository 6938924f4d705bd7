// Meaning of names that no source has to define: constants and structs of the UAPI from facts, the opcodes of the isa, and the
// names of the dialect. Made once, on first use, and never changed.

import type { UapiStruct } from "../facts/types.ts";
import { uapiConstant, uapiConstantNames, uapiStruct, uapiStructNames } from "../facts/uapi.ts";
import * as codes from "../isa/codes.ts";
import { type CValue, plainValue } from "./ctype.ts";
import { Cursor } from "./cursor.ts";
import { type Declared, parseTypeOrBody } from "./declare.ts";
import { PREDEFINED, PRELUDE } from "./dialect.ts";
import { lex } from "./lex.ts";
import { Reporter } from "./messages.ts";
import type { ExprContext, Names } from "./node.ts";
import { type Define, makeDefine } from "./preprocess.ts";
import { type StructSource, Types } from "./types.ts";

const CODES: Readonly<Record<string, unknown>> = codes;

interface Dialect {
  readonly constants: ReadonlyMap<string, CValue>;
  readonly structs: ReadonlyMap<string, UapiStruct>;
}
let dialect: Dialect | undefined;

/** Reads the prelude. Its enums may use recorded constants. */
function theDialect(): Dialect {
  if (dialect) return dialect;
  const declared: Declared = { constants: new Map(), constantSpans: new Map() };
  const reporter = new Reporter();
  const types = new Types({ struct: uapiStruct, structNames: uapiStructNames });
  const names: Names = { constant: (name) => declared.constants.get(name) ?? recorded(name), constantNames: () => [] };
  const context: ExprContext = { reporter, types, names, source: PRELUDE };
  const cursor = new Cursor(lex(PRELUDE).tokens, PRELUDE.length);
  while (!cursor.done) {
    parseTypeOrBody(cursor, context, declared);
    cursor.take(";");
  }
  const structs = new Map<string, UapiStruct>();
  for (const [tag] of types.declared) {
    const type = types.structNamed(tag);
    if (!type) continue;
    const fields = type.fields.map(({ name, off, type: of }) => ({
      name,
      off,
      size: of.kind === "array" ? of.count * (of.of.kind === "int" ? of.of.size : 0) : of.kind === "int" ? of.size : 8,
      type:
        of.kind === "array" && of.of.kind === "int"
          ? `${of.of.name}[${of.count}]`
          : of.kind === "int"
            ? of.name
            : "void *",
      ...(of.kind === "array" ? { count: of.count } : {}),
    }));
    structs.set(tag, { name: tag, size: type.size, fields });
  }
  dialect = { constants: declared.constants, structs };
  return dialect;
}

const recordedCache = new Map<string, CValue | undefined>();
function recorded(name: string): CValue | undefined {
  const cached = recordedCache.get(name);
  if (cached) return cached;
  const code = CODES[name];
  const big = typeof code === "number" && /^[A-Z]/.test(name) ? BigInt(code) : uapiConstant(name);
  const value = big === undefined ? undefined : plainValue(big);
  // Only known names are cached, because there is no limit to wrong ones.
  if (value) recordedCache.set(name, value);
  return value;
}

/** The value of a constant that needs no declaration. */
export const baseConstant = (name: string): CValue | undefined => theDialect().constants.get(name) ?? recorded(name);

let allNames: readonly string[] | undefined;
export function baseConstantNames(): readonly string[] {
  allNames ??= [
    ...new Set([
      ...Object.keys(CODES).filter((name) => /^[A-Z]/.test(name) && typeof CODES[name] === "number"),
      ...theDialect().constants.keys(),
      ...uapiConstantNames(),
    ]),
  ];
  return allNames;
}

/** The structs that need no declaration, and this one. */
export const withStruct = (more: UapiStruct | undefined): StructSource =>
  more === undefined
    ? BASE_STRUCTS
    : {
        struct: (tag) => (tag === more.name ? more : BASE_STRUCTS.struct(tag)),
        *structNames() {
          yield more.name;
          yield* BASE_STRUCTS.structNames();
        },
      };

export const BASE_STRUCTS: StructSource = {
  struct: (tag) => theDialect().structs.get(tag) ?? uapiStruct(tag),
  *structNames() {
    yield* theDialect().structs.keys();
    yield* uapiStructNames();
  },
};

const predefinedRows = new Map(PREDEFINED.map((row) => [row.name, row]));
const predefinedMade = new Map<string, Define>();
/** A predefined macro. Its body is split into tokens on first use. */
export function basePredefined(name: string): Define | undefined {
  const row = predefinedRows.get(name);
  if (!row) return undefined;
  const made = predefinedMade.get(name);
  if (made) return made;
  const define = makeDefine(row.name, row.params, row.body);
  predefinedMade.set(name, define);
  return define;
}
