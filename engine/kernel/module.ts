// The module of step 3: what its file does with a write, and what it shows. Written once for every definition.
import { utf8Encode, viewOf } from "../base/bytes.ts";
import { ERRNO } from "../facts/errno.ts";
import type { CtxField } from "../facts/types.ts";
import { type KernelDefinition, SHOW_FORMATS } from "./definition.ts";
import type { Kernel } from "./kernel.ts";
import { kstrto } from "./kstrtox.ts";

/** show(): the last result as the definition prints it, and a newline. */
export const show = (kernel: Kernel): Uint8Array =>
  utf8Encode(`${SHOW_FORMATS[kernel.definition.attribute.show](kernel.result)}\n`);

/** store(): parse, find what is attached, run it, keep the low 32 bits of R0. Takes all bytes, or a negative errno. */
export function store(kernel: Kernel, bytes: Uint8Array): number {
  const ctx = contextFrom(kernel.definition, bytes);
  if (typeof ctx === "number") return ctx;
  const prog = kernel.attached.get(kernel.definition.type.attach.id);
  if (!prog) return -ERRNO.ENOENT;
  const outcome = kernel.run(prog, { kind: "ctx", bytes: ctx, writable: isWritable(kernel.definition) });
  if (typeof outcome === "number") return outcome;
  // A verified program comes to its exit; one that uses up the budget is ended as by a signal.
  if (outcome.kind !== "exit") return outcome.kind === "paused" ? -ERRNO.EINTR : -ERRNO.EIO;
  kernel.result = Number(BigInt.asUintN(32, outcome.r0));
  return bytes.length;
}

/** Some field of the context may be written; which ones, the verifier sees to. */
export const isWritable = ({ type }: KernelDefinition): boolean => type.ctx.fields.some(({ writable }) => writable);

/** The context that a write makes, or a negative errno. */
export function contextFrom({ type, attribute }: KernelDefinition, bytes: Uint8Array): Uint8Array | number {
  const ctx = new Uint8Array(type.ctx.size);
  const view = viewOf(ctx);
  const words = attribute.store.length === 1 ? [bytes] : splitAtBlanks(bytes);
  if (words.length !== attribute.store.length) return -ERRNO.EINVAL;
  for (const [i, { field, type: number }] of attribute.store.entries()) {
    const parsed = kstrto(number, words[i] as Uint8Array);
    if (!parsed.ok) return -parsed.errno;
    const { off, size } = type.ctx.fields.find(({ name }) => name === field) as CtxField;
    for (let byte = 0; byte < size; byte++)
      view.setUint8(off + byte, Number((parsed.value >> BigInt(8 * byte)) & 0xffn));
  }
  return ctx;
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
