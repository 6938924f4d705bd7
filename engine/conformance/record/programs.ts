// The corpus of the recordings: programs as macro text, in the files of programs/. A file is a list of programs, each of this form:
//
//   === a name
//   level: 1                       (only where the log of level 2 would be too long)
//   functions: [...]               (what BTF says of the functions, JSON of FuncInfo; `lines:` likewise: LineInfo)
//   // @prog xdp                   (directives and instructions as in asm/LANGUAGE.md)
//   BPF_MOV64_IMM(BPF_REG_0, 0),
//   BPF_EXIT_INSN(),
//
// Lines that begin with `#` are headings. A program names its maps. maps.ts says what they are. `array_2` is a
// second map like `array`.
import { readFileSync } from "node:fs";
import { assemble } from "../../asm/assemble.ts";
import { programOf } from "../../asm/assembly.ts";
import { bug } from "../../base/bug.ts";
import { DEFAULT_LICENSE, type FuncInfo, type LineInfo, type MapDef, type Program } from "../../program/program.ts";
import { MAPS } from "./maps.ts";

export interface RecordedProgram {
  readonly program: Program;
  /** Log level to record it at, where that is not 2. */
  readonly logLevel?: number;
}

export type Corpus = "verifier" | "global" | "objects" | "loads" | "refusals";

/** The programs of a corpus by name, in the file's order. Throws for a program that does not assemble. */
export function readPrograms(corpus: Corpus): ReadonlyMap<string, RecordedProgram> {
  const text = readFileSync(new URL(`programs/${corpus}.txt`, import.meta.url), "utf8").replace(/^#.*\n/gm, "");
  const found = new Map<string, RecordedProgram>();
  for (const part of text.split(/^=== /m).slice(1)) {
    const name = part.slice(0, part.indexOf("\n"));
    if (found.has(name)) throw bug(`${corpus}: two programs are called "${name}"`);
    found.set(name, programFrom(name, part.slice(name.length + 1)));
  }
  return found;
}

function programFrom(name: string, text: string): RecordedProgram {
  const settings = new Map<string, string>();
  const source = text.replace(/^(level|functions|lines): (.*)\n/gm, (_, key: string, value: string) => {
    settings.set(key, value);
    return "";
  });
  const functions = settings.get("functions");
  const lines = settings.get("lines");
  const level = settings.get("level");
  const maps = mapsIn(source);
  const assembly = assemble(source, { maps: [...maps].map(([word, map]) => ({ ...map, name: word })) });
  const fault = assembly.diagnostics.find(({ severity }) => severity === "error");
  if (fault) throw bug(`"${name}": ${fault.message}`);
  const program = programOf(assembly, {
    progType: "socket_filter",
    expectedAttachType: 0,
    progFlags: 0,
    license: DEFAULT_LICENSE,
  });
  return {
    program: {
      ...program,
      maps: [...maps.values()],
      ...(functions !== undefined && { functions: JSON.parse(functions) as FuncInfo[] }),
      ...(lines !== undefined && { lines: JSON.parse(lines) as LineInfo[] }),
    },
    ...(level !== undefined && { logLevel: Number(level) }),
  };
}

/** The maps that a text names, by the word that stands for each, in the order of first use. */
function mapsIn(source: string): ReadonlyMap<string, MapDef> {
  const found = new Map<string, MapDef>();
  for (const [, word] of source.matchAll(/BPF_LD_MAP_\w+\(\w+, (\w+)/g))
    found.set(word as string, mapOf(word as string));
  return found;
}

/** `prog_rodata` is prog.rodata, `array_2` is a map like `array` with the name array#2. */
function mapOf(word: string): MapDef {
  const called = (name: string) => MAPS.find((map) => map.name.replace(/\W/g, "_") === name);
  const [, name = "", number = ""] = /^(\w+)_(\d+)$/.exec(word) ?? [];
  const like = called(name);
  const found = called(word) ?? (like && { ...like, name: `${like.name}#${number}` });
  if (!found) throw bug(`no map is called ${word}`);
  return found;
}
