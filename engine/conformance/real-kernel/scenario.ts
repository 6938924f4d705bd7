// A session that tries everything that a definition decides: each field read and written with each size, results inside and outside of
// the range, helpers, attach types, and texts for the module's files. It contains no answers: the simulation and a kernel are asked for
// them.

import { toHex } from "../../base/bytes.ts";
import { helperName } from "../../facts/helpers.ts";
import { BPF_REG_FP } from "../../isa/codes.ts";
import { insnNamed as insn } from "../../isa/forms.ts";
import { encodeInsns, type Insn } from "../../isa/insn.ts";
import { fieldNamed, type KernelDefinition } from "../../kernel/definition.ts";
import type { Parse } from "../../kernel/formats.ts";
import type { SessionRow } from "../replay.ts";

const SIZES = [1, 2, 4, 8] as const;
type Size = (typeof SIZES)[number];

const EXIT = insn("exit");
const result = (imm: number): Insn => insn("mov64_imm", { dst: 0, imm });
const load = (size: Size, dst: number, off: number): Insn => insn(`ldx${size}`, { dst, src: 1, off });

/** A row on which Linux 6.1 and the simulated release are known to differ. `since`: the release that changed it. */
export type ScenarioRow = SessionRow & { readonly since?: string };

/** Before it, stores of a constant into a context were refused for all program types. */
const SINCE_ST_TO_CTX = "6.3";

export function scenario(definition: KernelDefinition): ScenarioRow[] {
  const { type, files } = definition;
  const { min = 0, max = 0 } = type.returnRange ?? {};
  const rows: ScenarioRow[] = [];
  const tryLoad = (name: string, insns: readonly Insn[], attach: number = type.attach.id, progType: number = type.id) =>
    rows.push({
      op: "load",
      name,
      prog_type: progType,
      expected_attach_type: attach,
      insns: toHex(encodeInsns(insns)),
      errno: 0,
      log: "",
    });
  const attach = (name: string, attachType: number = type.attach.id, fd: "last" | "bad" = "last") =>
    rows.push({ op: "attach", name, attach_type: attachType, fd, ret: 0, errno: 0 });
  const write = (data: string, file?: string) => {
    const at = file === undefined ? {} : { file };
    rows.push({ op: "write", data, ret: 0, errno: 0, ...at }, { op: "read", data: "", ret: 0, ...at });
  };
  const ending = [result(min), EXIT];

  rows.push({ op: "read", data: "", ret: 0 });
  write(texts(definition)[0] as string);

  for (const { name, off, size: own } of [
    ...type.ctx.fields,
    { name: "the end", off: type.ctx.size, size: 4 as const },
  ]) {
    for (const size of SIZES) {
      tryLoad(`${name}: read ${size}`, [load(size, 2, off), ...ending]);
      tryLoad(`${name}: read ${size} at +1`, [load(size, 2, off + 1), ...ending]);
      tryLoad(`${name}: read ${size} at +2`, [load(size, 2, off + 2), ...ending]);
      tryLoad(`${name}: st ${size}`, [insn(`st${size}`, { dst: 1, off, imm: 7 }), ...ending]);
      const constant = rows[rows.length - 1] as ScenarioRow;
      if (fieldNamed(definition, name)?.writable && size === own)
        rows[rows.length - 1] = { ...constant, since: SINCE_ST_TO_CTX };
      tryLoad(`${name}: stx ${size}`, [result(min), insn(`stx${size}`, { dst: 1, src: 0, off }), EXIT]);
    }
    tryLoad(`${name}: through a moved pointer`, [insn("add64_imm", { dst: 1, imm: off }), load(own, 2, 0), ...ending]);
  }
  tryLoad("before the start", [load(4, 2, -4), ...ending]);

  for (const value of [min - 1, min, max, max + 1, -1]) tryLoad(`return ${value}`, [result(value), EXIT]);
  tryLoad("return an unknown number", [load(type.ctx.fields[0]?.size ?? 4, 0, type.ctx.fields[0]?.off ?? 0), EXIT]);
  tryLoad("return nothing", [EXIT]);
  tryLoad("write to the frame pointer", [insn("mov64_imm", { dst: BPF_REG_FP }), ...ending]);

  for (const id of [...(type.helpers.plus ?? []), ...(type.helpers.minus ?? [])])
    tryLoad(`helper ${helperName(id) ?? id}`, [insn("call_helper", { imm: id }), ...ending]);

  tryLoad("expected attach type 0", ending, 0);
  tryLoad("expected attach type beyond the last", ending, type.attach.id + 1);
  tryLoad("program type beyond the last", ending, 0, type.id + 1);

  tryLoad("all fields", combined(definition));
  attach("a wrong attach type", 36);
  attach("a descriptor that is not open", type.attach.id, "bad");
  attach("all fields");
  for (const text of texts(definition)) write(text);
  for (const { size, off, name } of type.ctx.fields) {
    if (!type.returnRange) {
      tryLoad(`returns ${name}`, [load(size, 0, off), EXIT]);
      attach(`returns ${name}`);
      for (const text of texts(definition).slice(0, 3)) write(text);
      for (const [part, at] of partsOf(definition, name)) {
        tryLoad(`returns ${part} of ${name} at +${at}`, [load(part, 0, off + at), EXIT]);
        attach(`returns ${part} of ${name} at +${at}`);
        for (const text of texts(definition).slice(0, 3)) write(text);
      }
    }
  }
  if (files.length > 0) {
    tryLoad("all fields once more", combined(definition));
    attach("all fields once more");
  }
  for (const { path } of files) {
    for (const text of NUMBERS) {
      write(text, path);
      write(texts(definition)[0] as string);
      rows.push({ op: "read", data: "", ret: 0, file: path });
    }
  }

  if (type.ctx.fields.some(({ writable }) => writable)) {
    tryLoad("write and read back", writeAndReadBack(definition));
    attach("write and read back");
    for (const text of texts(definition).slice(0, 3)) write(text);
  }
  rows.push({ op: "detach", name: "detach", attach_type: type.attach.id, ret: 0, errno: 0 });
  write(texts(definition)[0] as string);
  rows.push({ op: "detach", name: "detach again", attach_type: type.attach.id, ret: 0, errno: 0 });
  return rows;

  /** Loads of a part of a field, if the field allows them. */
  function partsOf({ type: { ctx } }: KernelDefinition, name: string): [size: Size, at: number][] {
    const field = ctx.fields.find((one) => one.name === name && one.narrow);
    if (!field) return [];
    return SIZES.filter((size) => size < field.size).flatMap((size) =>
      Array.from({ length: field.size / size }, (_, i): [Size, number] => [size, i * size]),
    );
  }
}

/** Texts for files that take one number. */
const NUMBERS = ["7", "0x1f", "1f", "-3", "300", "70000", "x", "5\n"] as const;

/** Adds up the fields, and limits the sum to the range. */
function combined({ type }: KernelDefinition): Insn[] {
  const { returnRange } = type;
  return [
    result(0),
    ...type.ctx.fields.flatMap(({ size, off }) => [load(size, 2, off), insn("add64_reg", { dst: 0, src: 2 })]),
    ...(returnRange
      ? [
          insn("jsge64_imm", { dst: 0, imm: returnRange.min, off: 1 }),
          result(returnRange.min),
          insn("jsle64_imm", { dst: 0, imm: returnRange.max, off: 1 }),
          result(returnRange.max),
        ]
      : []),
    EXIT,
  ];
}

/** Writes the first field's value plus one into each writable field of the same size, and adds these fields up. */
function writeAndReadBack({ type }: KernelDefinition): Insn[] {
  const [first] = type.ctx.fields;
  const written = type.ctx.fields.filter(({ writable }) => writable);
  return [
    load(first?.size ?? 4, 3, first?.off ?? 0),
    insn("add64_imm", { dst: 3, imm: 1 }),
    result(0),
    ...written.flatMap(({ size, off }) => [
      insn(`stx${size}`, { dst: 1, src: 3, off }),
      load(size, 2, off),
      insn("add64_reg", { dst: 0, src: 2 }),
    ]),
    ...(type.returnRange ? [result(type.returnRange.min)] : []),
    EXIT,
  ];
}

/** The first texts for each way to parse a write. They are all valid. */
const VALID_TEXTS: Readonly<Record<Exclude<Parse, "bytes">, (i: number) => readonly [string, string, string]>> = {
  u: (i) => [String(10 + i), `0x${(16 + i).toString(16)}`, "017"],
  s: (i) => [String(-10 - i), `-0x${(16 + i).toString(16)}`, "100"],
  hex: (i) => [(10 + i).toString(16), `0x${(16 + i).toString(16)}`, "7f"],
};

/** Texts to write: valid ones first, then one for each kind of mistake. */
function texts({ attribute }: KernelDefinition): string[] {
  const { parse } = attribute;
  if (parse === "bytes") return ["abc", "hello, kernel", "x", "", "\n", "a".repeat(300)];
  const n = attribute.store.length;
  const words = (make: (i: number) => string) => Array.from({ length: n }, (_, i) => make(i)).join(" ");
  return [
    ...([0, 1, 2] as const).map((which) => words((i) => VALID_TEXTS[parse](i)[which])),
    words((i) => String(1000 + i)),
    `${words(() => "1")}\n`,
    words(() => "99999999999999999999"),
    words(() => "4294967296"),
    words(() => "-1"),
    words(() => "+1"),
    words(() => "x"),
    `${words(() => "1")} 1`,
    ` ${words(() => "1")}`,
    `${words(() => "1")} `,
    "",
    "\n",
  ];
}
