// The module of step 3: what its files do on a write, and what they show. The same code serves every definition.
// The kernel's context is a struct kern_ctx_type. Programs see it as prog_ctx_type, which `programView` makes.
import { utf8Encode, viewOf } from "../base/bytes.ts";
import { memberOf } from "../facts/convert.ts";
import { ERRNO } from "../facts/errno.ts";
import type { CtxField, KernelMember } from "../facts/types.ts";
import type { Event } from "../vm/index.ts";
import { type Answer, refused } from "./cause.ts";
import { type KernelDefinition, kernSize, memberNamed, numberType, type SideFile } from "./definition.ts";
import { type NumberParse, PARSES, SHOW_FORMATS } from "./formats.ts";
import type { Kernel } from "./kernel.ts";
import { kstrto } from "./kstrtox.ts";
import { runProg } from "./run.ts";

/** Bytes of the result: bpf_prog_run() returns a u32. */
const RESULT_SIZE = 4;

/** show(): the last result in the definition's format, and a newline. */
export const show = (kernel: Kernel): Uint8Array =>
  utf8Encode(`${SHOW_FORMATS[kernel.definition.attribute.show](BigInt(kernel.result), RESULT_SIZE)}\n`);

/**
 * store(): parses the text, finds the attached program, runs it, and keeps the low 32 bits of R0. If it succeeds, all bytes were
 * taken.
 */
export function store(kernel: Kernel, bytes: Uint8Array): Answer {
  const ctx = contextFrom(kernel.definition, bytes, kernel.keptFields);
  if (typeof ctx === "number") return refused(-ctx, { check: "input" });
  const prog = kernel.attached.get(kernel.definition.type.attach.id);
  if (!prog) return refused(ERRNO.ENOENT, { check: "nothing-attached" });
  const outcome = runProg(kernel, prog, eventOf(kernel.definition, ctx));
  if (typeof outcome === "number") return refused(-outcome, { check: "absent-map" });
  // A verified program reaches its exit. A run that uses up its budget ends as if a signal had interrupted it.
  if (outcome.kind !== "exit") return { ret: outcome.kind === "paused" ? -ERRNO.EINTR : -ERRNO.EIO };
  kernel.result = Number(BigInt.asUintN(32, outcome.r0));
  return { ret: bytes.length };
}

/** What a read of one of the module's other files returns. */
export function showSide(kernel: Kernel, { field, show }: SideFile): Uint8Array {
  if (field === undefined) return utf8Encode(`${SHOW_FORMATS[show](BigInt(kernel.result), RESULT_SIZE)}\n`);
  const member = memberNamed(kernel.definition, field);
  return utf8Encode(`${SHOW_FORMATS[show](readMember(kernel.keptFields, member), member.size)}\n`);
}

/** A write to one of the module's other files: keeps the field for later runs. If it succeeds, all bytes were taken. */
export function storeSide(kernel: Kernel, { field, parse }: SideFile, bytes: Uint8Array): Answer {
  const errno = -parseInto(kernel.keptFields, memberNamed(kernel.definition, field as string), parse, bytes);
  return errno === 0 ? { ret: bytes.length } : refused(errno, { check: "input" });
}

/** The event that runs a program on the kernel's context `ctx`. The program sees the bytes that `programView` makes. */
export const eventOf = (definition: KernelDefinition, ctx: Uint8Array): Event => ({
  kind: "ctx",
  bytes: programView(definition, ctx),
  writable: definition.type.ctx.fields.some(({ writable }) => writable),
  narrowed: definition.type.ctx.fields.flatMap((field) => {
    const keptBytes = memberOf(field).size;
    return field.writable && keptBytes < field.size ? [{ off: field.off, size: field.size, keptBytes }] : [];
  }),
});

/** The kernel's context for a write, or a negative errno. `keptFields`: the context with the fields that other files have set. */
export function contextFrom(
  definition: KernelDefinition,
  bytes: Uint8Array,
  keptFields: Uint8Array = new Uint8Array(kernSize(definition.type)),
): Uint8Array | number {
  const { parse, store } = definition.attribute;
  const ctx = keptFields.slice();
  if (parse === "bytes") {
    if (bytes.length > ctx.length) return -ERRNO.EINVAL;
    ctx.set(bytes);
    return ctx;
  }
  if (store.length === 0) return ctx;
  const words = store.length === 1 ? [bytes] : splitAtBlanks(bytes);
  if (words.length !== store.length) return -ERRNO.EINVAL;
  for (const [i, field] of store.entries()) {
    const refused = parseInto(ctx, memberNamed(definition, field), parse, words[i] as Uint8Array);
    if (refused < 0) return refused;
  }
  return ctx;
}

/** Makes prog_ctx_type from kern_ctx_type. Each field has the value that a load of it would read. */
function programView({ type }: KernelDefinition, ctx: Uint8Array): Uint8Array {
  if (!type.ctx.kern) return ctx;
  const seen = new Uint8Array(type.ctx.size);
  for (const field of type.ctx.fields) writeNumber(seen, field, readMember(ctx, memberOf(field)));
  return seen;
}

function parseInto(ctx: Uint8Array, member: KernelMember, parse: NumberParse, text: Uint8Array): number {
  const parsed = kstrto(numberType(parse, member.size), text, PARSES[parse].base);
  if (!parsed.ok) return -parsed.errno;
  writeNumber(ctx, member, parsed.value);
  return 0;
}

/** Writes a number in little-endian order. Bits beyond the size are cut off. */
function writeNumber(to: Uint8Array, { off, size }: Pick<CtxField, "off" | "size">, value: bigint): void {
  const view = viewOf(to);
  for (let byte = 0; byte < size; byte++) view.setUint8(off + byte, Number((value >> BigInt(8 * byte)) & 0xffn));
}

function readMember(from: Uint8Array, { off, size }: KernelMember): bigint {
  let value = 0n;
  for (let byte = size; byte-- > 0; ) value = (value << 8n) | BigInt(from[off + byte] as number);
  return value;
}

const BLANK = 0x20;
function splitAtBlanks(bytes: Uint8Array): Uint8Array[] {
  const words: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] !== BLANK) continue;
    words.push(bytes.subarray(start, i));
    start = i + 1;
  }
  return words;
}
