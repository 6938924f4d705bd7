// Source text → instructions, maps and settings, by way of characters, tokens, preprocessor, lists of instructions and slots.
// No source makes it throw. Its time is linear in the length of the source.

import type { Span } from "../base/span.ts";
import type { UapiStruct } from "../facts/types.ts";
import type { Insn } from "../isa/insn.ts";
import type { MapDef } from "../program/program.ts";
import type { Assembly, DeclaredMap, ProgramSettings, Written } from "./assembly.ts";
import { functionIn } from "./c-source.ts";
import { Cursor } from "./cursor.ts";
import type { Declared } from "./declare.ts";
import { type Directives, readDirectives } from "./directives.ts";
import { type Emitted, emit } from "./emit.ts";
import { evaluate } from "./evaluate.ts";
import { readNotation } from "./kernel-notation.ts";
import { knownLine } from "./known-lines.ts";
import { lex } from "./lex.ts";
import { lintProgram } from "./lint-program.ts";
import { withoutLookAlikes } from "./look-alikes.ts";
import { fixOf, Reporter, replaceFix } from "./messages.ts";
import { baseConstant, baseConstantNames, basePredefined, withStruct } from "./names.ts";
import type { ExprContext, Names } from "./node.ts";
import { type Parsed, parse } from "./parse.ts";
import { type Preprocessed, preprocess } from "./preprocess.ts";
import { progTypeName } from "./prog-type-names.ts";
import type { ParsedMap, ParsedProgram } from "./program.ts";
import { SELFTEST_MAPS } from "./selftest-maps.ts";
import { Types } from "./types.ts";

export interface AssembleOptions {
  /** Maps that exist besides those that the source declares. They come first in `maps`. */
  readonly maps?: readonly MapDef[];
  /** Name of the program to take if the source has several. Default: the first. */
  readonly program?: string;
  /** Remembers instructions for the next time: the result is the same, but faster for a text that is being edited. */
  readonly incremental?: boolean;
  /** A struct that is not in the UAPI headers: the context of a program type made here. */
  readonly struct?: UapiStruct;
  /** Name of the context struct that R1 points to, for a source that does not state its program type. */
  readonly context?: string;
}

/** An assembly, with the intermediate results that the language services need. */
export interface Analysis {
  readonly assembly: Assembly;
  readonly preprocessed: Preprocessed;
  readonly types: Types;
  readonly declared: Declared;
  readonly programs: readonly ParsedProgram[];
  readonly names: Names;
  readonly directives: Directives;
  /** See AssembleOptions.context. */
  readonly context?: string;
}

export const assemble = (source: string, options: AssembleOptions = {}): Assembly => analyse(source, options).assembly;

export function analyse(written: string, options: AssembleOptions = {}): Analysis {
  const reporter = new Reporter();
  const known = options.incremental ? knownLine : undefined;
  const source = withoutLookAlikes(written, reporter, known);
  const lexed = lex(source, known);
  for (const { what, span } of lexed.unterminated) reporter.report(`unterminated-${what}`, span);

  const declared: Declared = { constants: new Map(), constantSpans: new Map() };
  const names: Names = {
    constant: (name) => declared.constants.get(name) ?? baseConstant(name),
    *constantNames() {
      yield* declared.constants.keys();
      yield* baseConstantNames();
    },
  };
  const types = new Types(withStruct(options.struct));
  const context: ExprContext = { reporter, types, names, source };
  const preprocessed = preprocess(readNotation(lexed.tokens, source, reporter), context, {
    predefined: basePredefined,
    known: (name) => names.constant(name) !== undefined,
  });
  const parsed = parse(new Cursor(preprocessed.tokens, source.length), context, declared);
  const directives = readDirectives(lexed.comments, context);

  const program = choose(parsed.programs, options.program ?? directives.use, reporter);
  const declaredMaps = collectMaps(parsed, directives, reporter);
  const maps = [...(options.maps ?? []), ...declaredMaps.map((map) => map.def)];
  const isMap = (name: string) => maps.some((map) => map.name === name);
  const defined = new Set(preprocessed.defines.map((define) => define.name));
  const emitted =
    program &&
    emit(program, context, {
      isMap,
      mapAt: (index) => maps[index]?.name,
      commentLabels: directives.labels,
      redefined: (name) => declared.constants.has(name) || defined.has(name),
      keep: options.incremental ?? false,
    });
  const c = emitted ? undefined : functionIn(preprocessed.tokens);
  if (c) reporter.report("c-source", { start: c.start, end: c.end }, { name: c.text });
  const empty = !emitted && reporter.errors === 0;
  if (empty) reporter.report("no-instructions", { start: 0, end: 0 });
  const mapRefs = new Map<number, number>();
  if (emitted) {
    resolveMaps(emitted, maps, mapRefs, reporter);
    checkArrows(emitted, directives, reporter, source);
  }
  const settings = settingsOf(program, parsed, directives, context);
  fixups(program, maps, mapRefs, emitted?.insns.length ?? 0, context);
  if (emitted) lintProgram(emitted.insns, emitted.slots, reporter);

  // A list without instructions is an array of zeros, which test_verifier loads as one empty slot.
  const insns: readonly Insn[] = emitted?.insns ?? (empty ? [EMPTY_SLOT] : []);
  const slots: readonly Written[] = emitted?.slots ?? (empty ? [NOTHING_WRITTEN] : []);
  const assembly: Assembly = {
    ...settings,
    insns,
    empty,
    slots,
    written: emitted?.written ?? [],
    maps,
    declaredMaps,
    mapRefs,
    labels: emitted?.labels ?? [],
    attachDirective: directives.attach,
    diagnostics: reporter.list(),
    ok: reporter.errors === 0,
  };
  return {
    assembly,
    preprocessed,
    types,
    declared,
    programs: parsed.programs,
    names,
    directives,
    ...(options.context && { context: options.context }),
  };
}

const EMPTY_SLOT: Insn = { code: 0, dst: 0, src: 0, off: 0, imm: 0 };
const NOTHING_WRITTEN: Written = {
  span: { start: 0, end: 0 },
  macro: undefined,
  args: [],
  firstSlot: 0,
  slotCount: 1,
  complete: false,
};

function choose(
  programs: readonly ParsedProgram[],
  wanted: string | undefined,
  reporter: Reporter,
): ParsedProgram | undefined {
  const full = programs.filter((program) => program.items.some((item) => item.kind !== "label"));
  const chosen = programs.find((program) => wanted !== undefined && program.name === wanted) ?? full[0];
  const others = full.filter((program) => program !== chosen);
  if (chosen && others.length > 0) {
    const title = (program: ParsedProgram) => program.name ?? "the instructions outside any array";
    reporter.report("other-programs", (others[0] as ParsedProgram).span, {
      used: title(chosen),
      others: others.length > 3 ? String(others.length) : others.map(title).join(", "),
    });
  }
  return chosen;
}

function collectMaps(parsed: Parsed, directives: Directives, reporter: Reporter): DeclaredMap[] {
  const all = [
    ...directives.maps,
    ...parsed.maps.map((map) => ({ def: mapOf(map), span: { start: map.start, end: map.end } })),
  ];
  const seen = new Set<string>();
  return all.filter(({ def, span }) => {
    if (!seen.has(def.name)) return seen.add(def.name);
    reporter.report("duplicate-map", span, { name: def.name });
    return false;
  });
}

/** Makes a MapDef. The attributes have different names in libbpf's two ways to declare a map. */
function mapOf(map: ParsedMap): MapDef {
  const value = (...names: string[]): number | undefined => {
    const found = map.attributes.find((attribute) => names.includes(attribute.name))?.value;
    return typeof found === "number" && Number.isFinite(found) ? found : undefined;
  };
  const id = value("type");
  const name = id === undefined ? undefined : mapTypeNames().get(id);
  return {
    name: map.name,
    type: name ?? "array",
    keySize: value("key_size") ?? 0,
    valueSize: value("value_size") ?? 0,
    maxEntries: value("max_entries", "max_elem") ?? 0,
    flags: value("map_flags", "flags") ?? 0,
  };
}

let typeNames: Map<number, string> | undefined;
function mapTypeNames(): Map<number, string> {
  typeNames ??= new Map(
    baseConstantNames()
      .filter((name) => name.startsWith("BPF_MAP_TYPE_") && !name.endsWith("_DEPRECATED"))
      .map((name) => [Number(baseConstant(name)?.v), name.slice("BPF_MAP_TYPE_".length).toLowerCase()]),
  );
  return typeNames;
}

function resolveMaps(
  emitted: Emitted,
  maps: readonly MapDef[],
  mapRefs: Map<number, number>,
  reporter: Reporter,
): void {
  for (const use of emitted.mapUses) {
    const index = maps.findIndex((map) => map.name === use.name);
    if (index >= 0) {
      mapRefs.set(use.slot, index);
      continue;
    }
    const near = reporter.similar(use.name, () => maps.map((map) => map.name));
    const span: Span = { start: use.start, end: use.end };
    const declare = /^\w+$/.test(use.name)
      ? [
          fixOf("declare-map", { name: use.name }, [
            { span: { start: 0, end: 0 }, text: `// @map ${use.name} array key=4 value=8 entries=1\n` },
          ]),
        ]
      : [];
    reporter.report(
      "undeclared-map",
      span,
      { name: use.name },
      near === undefined ? declare : [replaceFix(span, near), ...declare],
    );
  }
}

/** Checks comments like that in `BPF_JMP_A(3 /* -> out *\/)`. C uses the number, so it must be the distance to the label. */
function checkArrows(emitted: Emitted, directives: Directives, reporter: Reporter, source: string): void {
  const labels = new Map(emitted.labels.map((label) => [label.name, label]));
  for (const { name, span, at } of directives.arrows) {
    const written = emitted.written.find((w) => w.span.start <= at && at < w.span.end);
    const label = labels.get(name);
    if (!written) continue;
    if (!label) {
      reporter.report("unknown-label", span, { name });
      continue;
    }
    (label.uses as Span[]).push(span);
    const insn = emitted.insns[written.firstSlot] as Insn;
    const right = label.slot - written.firstSlot - 1;
    const inImm = /^BPF_(?:CALL_REL|JMP32_A|LD_FUNC)$/.test(written.macro ?? "");
    if ((inImm ? insn.imm : insn.off) === right) continue;
    const number = written.args.findLast((arg) => arg.start < at);
    const text = number && source.slice(number.start, number.end);
    const fixes = number && text !== undefined && /^[-\d]/.test(text) ? [replaceFix(number, String(right))] : [];
    reporter.report("label-number", span, { name, right, written: inImm ? insn.imm : insn.off }, fixes);
  }
}

function settingsOf(
  program: ParsedProgram | undefined,
  parsed: Parsed,
  directives: Directives,
  context: ExprContext,
): ProgramSettings {
  const from = (name: string): number | undefined => {
    const setting = program?.settings.find((s) => s.name === name);
    const node = setting?.values[0]?.node;
    const value = node && node.kind !== "bad" ? evaluate(node, { ...context, reporter: new Reporter() }) : undefined;
    return value && Number(value.v);
  };
  const id = from("prog_type");
  const progType = directives.progType ?? (id === undefined ? undefined : progTypeName(id));
  const expectedAttachType = directives.expectedAttachType ?? from("expected_attach_type");
  const license = directives.license ?? parsed.license;
  const { progFlags, ctx } = directives;
  const funcInfo = directives.funcInfo ?? program?.settings.some((setting) => setting.name === "func_info");
  return {
    ...(progType === undefined ? {} : { progType }),
    ...(expectedAttachType === undefined ? {} : { expectedAttachType }),
    ...(progFlags === undefined ? {} : { progFlags }),
    ...(license === undefined ? {} : { license }),
    ...(ctx === undefined ? {} : { ctx }),
    ...(funcInfo ? { funcInfo } : {}),
  };
}

/** Puts test_verifier's maps into the slots that a record names, such as `.fixup_map_hash_8b = { 3, 10 }`. */
function fixups(
  program: ParsedProgram | undefined,
  maps: MapDef[],
  mapRefs: Map<number, number>,
  slots: number,
  context: ExprContext,
): void {
  for (const setting of program?.settings ?? []) {
    const def = setting.name.startsWith("fixup_") ? SELFTEST_MAPS[setting.name.slice("fixup_".length)] : undefined;
    if (!def) continue;
    let index = maps.findIndex((map) => map.name === def.name);
    if (index < 0) index = maps.push(def) - 1;
    for (const { node } of setting.values) {
      const value = evaluate(node, { ...context, reporter: new Reporter() });
      const slot = Number(value?.v ?? -1);
      if (slot >= 0 && slot < slots) mapRefs.set(slot, index);
    }
  }
}
