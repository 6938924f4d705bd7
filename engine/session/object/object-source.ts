// A program of an object as source text for the editor: directives for what C cannot express, its instructions as macros, and its lines of
// C as comments.

import { INDENT, macroLines } from "../../disasm/macro.ts";
import { helperName } from "../../facts/helpers.ts";
import { attachTypeName } from "../../facts/prog-types.ts";
import type { Load } from "../../object/load.ts";
import { DEFAULT_LICENSE, type MapDef, mapAttr } from "../../program/program.ts";
import type { MapInput, ProgramInput } from "../views/program.ts";

/** Longer directives are not read. */
const MAX_INIT = 8_000;
/** The most instructions of a program that the editor gets. */
const MAX_INSNS = 20_000;

/** null: the program is too long for an editor. */
export function sourceOf(load: Load): ProgramInput | null {
  const { program } = load;
  if (program.insns.length > MAX_INSNS) return null;
  const names = program.maps.map(({ name }) => name.replace(/\W/g, "_").replace(/^(?=\d)/, "_"));
  // A directive cannot describe an inner map.
  const maps = program.maps.flatMap((map, i) => (map.inner ? [mapInput({ ...map, name: names[i]! })] : []));
  const attach = attachTypeName(program.expectedAttachType);
  const head = [
    `@prog ${program.progType}`,
    ...(program.expectedAttachType === 0 ? [] : [`@attach ${attach ?? program.expectedAttachType}`]),
    ...(program.progFlags === 0 ? [] : [`@flags ${program.progFlags}`]),
    ...(program.license === DEFAULT_LICENSE ? [] : [`@license ${program.license}`]),
    ...(program.funcInfo ? ["@btf functions"] : []),
    ...program.maps.flatMap((map, i) => (map.inner ? [] : [directive(map, names[i]!)])),
  ];
  const lines = new Map((program.lines ?? []).map((line) => [line.slot, line]));
  const functions = new Map(load.parts.map(({ func, start }) => [start, func.name]));
  const body: string[] = [];
  let slot = 0;
  const mapName = (at: number): string | undefined => {
    const index = program.mapRefs.get(at);
    return index === undefined ? undefined : names[index];
  };
  for (const { text, slots } of macroLines(program.insns, { helperName, mapName })) {
    const name = functions.get(slot);
    if (name !== undefined && slot > 0) body.push(`\n${INDENT}// ${name}()`);
    const line = lines.get(slot);
    if (line !== undefined && line.text.trim() !== "") body.push(`${INDENT}// ${line.line}: ${comment(line.text)}`);
    body.push(`${INDENT}${text},`);
    slot += slots;
  }
  const source = `${head.map((one) => `// ${one}\n`).join("")}\nstruct bpf_insn ${load.name.replace(/\W/g, "_")}[] = {\n${body.join("\n")}\n};\n`;
  return { source, progType: program.progType, maps, ...(program.funcInfo && { funcInfo: true }) };
}

const mapInput = (map: MapDef): MapInput => ({
  ...mapAttr(map),
  ...(map.inner && { inner: mapInput({ ...map.inner, name: map.inner.name.replace(/\W/g, "_") }) }),
});

/** A line of C as a comment of one line. */
const comment = (text: string): string => text.trim().replace(/\\+$/, "").replaceAll("\t", " ");

function directive(map: MapDef, name: string): string {
  const init = map.init?.["0"] ?? "";
  return [
    `@map ${name} ${map.type} key=${map.keySize} value=${map.valueSize} entries=${map.maxEntries}`,
    ...(map.flags === 0 ? [] : [`flags=${map.flags}`]),
    ...Object.entries(map.fields ?? {}).map(([field, off]) => `field.${field}=${off}`),
    ...(init === "" || init.length > MAX_INIT || /^0*$/.test(init) ? [] : [`init[0]=${init}`]),
    ...(map.extra ? [`extra=${map.extra}`] : []),
    ...(map.frozen ? ["frozen"] : []),
    ...(map.typed ? ["typed"] : []),
    ...(name === map.name ? ["named"] : []),
  ].join(" ");
}
