// A session that tries everything a definition decides: each field read and written in each size, returns in and out of
// the range, attach types, and texts for the module's file. Holds no answers: those are asked of the simulation and of a kernel.

import { toHex } from "../../base/bytes.ts";
import { BPF_REG_FP } from "../../isa/codes.ts";
import { insnNamed as insn } from "../../isa/forms.ts";
import { encodeInsns, type Insn } from "../../isa/insn.ts";
import type { KernelDefinition } from "../../kernel/definition.ts";
import type { SessionRow } from "../replay.ts";

const SIZES = [1, 2, 4, 8] as const;
type Size = (typeof SIZES)[number];

const EXIT = insn("exit");
const result = (imm: number): Insn => insn("mov64_imm", { dst: 0, imm });
const load = (size: Size, dst: number, off: number): Insn => insn(`ldx${size}`, { dst, src: 1, off });

export function scenario(definition: KernelDefinition): SessionRow[] {
  const { type, attribute } = definition;
  const { min = 0, max = 0 } = type.returnRange ?? {};
  const rows: SessionRow[] = [];
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
  const write = (data: string) => rows.push({ op: "write", data, ret: 0, errno: 0 }, { op: "read", data: "", ret: 0 });
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
      tryLoad(`${name}: st ${size}`, [insn(`st${size}`, { dst: 1, off, imm: 7 }), ...ending]);
      tryLoad(`${name}: stx ${size}`, [result(min), insn(`stx${size}`, { dst: 1, src: 0, off }), EXIT]);
    }
    tryLoad(`${name}: through a moved pointer`, [insn("add64_imm", { dst: 1, imm: off }), load(own, 2, 0), ...ending]);
  }
  tryLoad("before the start", [load(4, 2, -4), ...ending]);

  for (const value of [min - 1, min, max, max + 1, -1]) tryLoad(`return ${value}`, [result(value), EXIT]);
  tryLoad("return an unknown number", [load(type.ctx.fields[0]?.size ?? 4, 0, type.ctx.fields[0]?.off ?? 0), EXIT]);
  tryLoad("return nothing", [EXIT]);
  tryLoad("write to the frame pointer", [insn("mov64_imm", { dst: BPF_REG_FP }), ...ending]);

  tryLoad("expected attach type 0", ending, 0);
  tryLoad("expected attach type beyond the last", ending, type.attach.id + 1);
  tryLoad("program type beyond the last", ending, 0, type.id + 1);

  tryLoad("all fields", combined(definition));
  attach("a wrong attach type", 36);
  attach("a descriptor that is not open", type.attach.id, "bad");
  attach("all fields");
  for (const text of texts(definition)) write(text);

  if (type.ctx.fields.some(({ writable }) => writable)) {
    tryLoad("write and read back", writeAndReadBack(definition));
    attach("write and read back");
    for (const text of texts(definition).slice(0, 3)) write(text);
  }
  rows.push({ op: "detach", name: "detach", attach_type: type.attach.id, ret: 0, errno: 0 });
  write(texts(definition)[0] as string);
  rows.push({ op: "detach", name: "detach again", attach_type: type.attach.id, ret: 0, errno: 0 });
  if (attribute.store.length === 0) throw new Error("a file that takes no number cannot be tried");
  return rows;
}

/** Adds up the fields, and brings the sum into the range. */
function combined({ type }: KernelDefinition): Insn[] {
  const { returnRange } = type;
  return [
    result(0),
    ...type.ctx.fields.flatMap(({ size, off }) => [load(size, 2, off), insn("add64_reg", { dst: 0, src: 2 })]),
    ...(returnRange
      ? [
          insn("mod64_imm", { dst: 0, imm: returnRange.max - returnRange.min + 1 }),
          insn("add64_imm", { dst: 0, imm: returnRange.min }),
        ]
      : []),
    EXIT,
  ];
}

/** Puts the first field's value plus one into each writable field of the same size, and adds those up. */
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

/** Texts to write: right ones first, then each way to be wrong. */
function texts({ attribute }: KernelDefinition): string[] {
  const n = attribute.store.length;
  const words = (make: (i: number) => string) => Array.from({ length: n }, (_, i) => make(i)).join(" ");
  return [
    words((i) => String(10 + i)),
    words((i) => `0x${(16 + i).toString(16)}`),
    words((i) => `0${7 + i}`.replace(/[89]/, "5")),
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
