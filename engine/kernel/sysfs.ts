// The module's file in sysfs, through open, read, write and close as a process makes them.
// @kernel fs/kernfs/file.c kernfs_fop_write_iter, fs/sysfs/file.c sysfs_kf_write, sysfs_kf_read
import { utf8Encode, viewOf } from "../base/bytes.ts";
import { ERRNO } from "../facts/errno.ts";
import type { CtxField } from "../facts/types.ts";
import { enterEvent } from "../vm/index.ts";
import { type KernelDefinition, SHOW_FORMATS } from "./definition.ts";
import type { Kernel } from "./kernel.ts";
import { kstrto } from "./kstrtox.ts";
import type { Prog } from "./objects.ts";

export const O_WRONLY = 0o1;
export const O_RDWR = 0o2;
export const O_CREAT = 0o100;
export const O_TRUNC = 0o1000;
const O_ACCMODE = 0o3;
const PAGE_SIZE = 4096;

/** Directories of sysfs that stand before the module comes. */
const DIRECTORIES = ["/sys", "/sys/kernel", "/sys/kernel/tracing"];

/** Full paths of the files that can be opened now. */
export const filesOf = (kernel: Kernel): readonly string[] =>
  kernel.steps[2] ? [kernel.definition.attribute.path] : [];

/** A descriptor, or -ENOENT, -EISDIR, -EACCES (no file may be made in a directory of sysfs). */
export function open(kernel: Kernel, path: string, flags: number): number {
  const files = filesOf(kernel);
  const mode = flags & O_ACCMODE;
  if (files.includes(path)) {
    return kernel.fds.install({
      kind: "file",
      refs: 1,
      path,
      readable: mode !== O_WRONLY,
      writable: mode !== 0,
      pos: 0,
    });
  }
  const directories = new Set([...DIRECTORIES, ...files.flatMap(parents)]);
  if (directories.has(path)) return mode === 0 ? -ERRNO.EACCES : -ERRNO.EISDIR;
  const parent = path.slice(0, Math.max(1, path.lastIndexOf("/")));
  return flags & O_CREAT && directories.has(parent) ? -ERRNO.EACCES : -ERRNO.ENOENT;
}

const parents = (path: string): string[] =>
  path
    .split("/")
    .slice(2, -1)
    .map((_, i, names) => `/sys/${names.slice(0, i + 1).join("/")}`);

/** The bytes read, [] at the end, or a negative errno. */
export function read(kernel: Kernel, fd: number, count: number): Uint8Array | number {
  const file = kernel.fds.get(fd);
  if (!file) return -ERRNO.EBADF;
  if (file.kind !== "file") return -ERRNO.EINVAL;
  if (!file.readable) return -ERRNO.EBADF;
  const { show } = kernel.definition.attribute;
  const content = utf8Encode(`${SHOW_FORMATS[show](kernel.result)}\n`);
  const part = content.slice(file.pos, file.pos + count);
  file.pos += part.length;
  return part;
}

/** How many bytes were taken (at most a page), or a negative errno. An empty write does not reach store(). */
export function write(kernel: Kernel, fd: number, bytes: Uint8Array): number {
  const file = kernel.fds.get(fd);
  if (!file) return -ERRNO.EBADF;
  if (file.kind !== "file") return -ERRNO.EINVAL;
  if (!file.writable) return -ERRNO.EBADF;
  if (bytes.length === 0) return 0;
  const taken = bytes.subarray(0, PAGE_SIZE);
  const ret = store(kernel, taken);
  if (ret > 0) file.pos += ret;
  return ret;
}

export const close = (kernel: Kernel, fd: number): number => kernel.fds.close(fd);

/** The module's store(): parse, find what is attached, run it, keep the result. */
function store(kernel: Kernel, bytes: Uint8Array): number {
  const ctx = contextFrom(kernel.definition, bytes);
  if (typeof ctx === "number") return ctx;
  const prog = kernel.attached.get(kernel.definition.type.attach.id);
  if (!prog) return -ERRNO.ENOENT;
  const result = runProg(kernel, prog, ctx);
  if (result === undefined) return -ERRNO.EIO;
  kernel.result = result;
  return bytes.length;
}

/** bpf_prog_run(): the low 32 bits of R0; `undefined` where the run did not come to its exit (no kernel does that). */
function runProg(kernel: Kernel, prog: Prog, ctx: Uint8Array): number | undefined {
  const machine = kernel.machine(prog);
  enterEvent(machine, { kind: "ctx", bytes: ctx });
  const outcome = kernel.execute(machine, prog);
  prog.runCnt++;
  return outcome.kind === "exit" ? Number(BigInt.asUintN(32, outcome.r0)) : undefined;
}

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
    for (let i = 0; i < size; i++) view.setUint8(off + i, Number((parsed.value >> BigInt(8 * i)) & 0xffn));
  }
  return ctx;
}

const BLANK = 0x20;
function splitAtBlanks(bytes: Uint8Array): Uint8Array[] {
  const words: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i === bytes.length || bytes[i] === BLANK) {
      words.push(bytes.subarray(start, i));
      start = i + 1;
    }
  }
  return words;
}
