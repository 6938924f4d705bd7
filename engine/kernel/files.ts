// The files below /sys (the module's files and trace_pipe), and the calls open, read, write and close on them.
// @kernel fs/kernfs/file.c kernfs_fop_write_iter, fs/sysfs/file.c sysfs_kf_write, sysfs_kf_read
import { utf8Encode } from "../base/bytes.ts";
import { ERRNO } from "../facts/errno.ts";
import { type Answer, refused } from "./cause.ts";
import type { Kernel } from "./kernel.ts";
import { show, showSide, store, storeSide } from "./module.ts";
import type { OpenFile } from "./objects.ts";
import { O_CREAT, O_WRONLY } from "./syscall.ts";

const O_ACCMODE = 0o3;
const PAGE_SIZE = 4096;

interface File {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  /** The size that ls shows. */
  readonly size: number;
  /** The file's content. It is made at the first read after an open, and later reads of that descriptor continue it. */
  readonly read: (kernel: Kernel) => Uint8Array;
  /** Takes at most a page at a time. `ret`: how many bytes were taken. Absent: a write fails with -EINVAL. */
  readonly write?: (kernel: Kernel, bytes: Uint8Array) => Answer;
  /** A file of sysfs. It cannot be opened for writing if it has no function for that. @kernel fs/kernfs/file.c kernfs_fop_open */
  readonly sysfs?: true;
}

/** The files that exist now. A read of trace_pipe removes the lines it returns. (A real trace_pipe would then wait for more.) */
function filesOf(kernel: Kernel): readonly File[] {
  return [
    ...(kernel.steps[2] ? moduleFiles(kernel) : []),
    {
      path: "/sys/kernel/tracing/trace_pipe",
      mode: 0o440,
      size: 0,
      read: ({ tracePipe }) =>
        utf8Encode(
          tracePipe
            .splice(0)
            .map((line) => `${line}\n`)
            .join(""),
        ),
    },
  ];
}

function moduleFiles({ definition: { attribute, files } }: Kernel): File[] {
  const { path, mode } = attribute;
  return [
    { path, mode, size: PAGE_SIZE, read: show, write: store, sysfs: true },
    ...files.map(
      (side): File => ({
        path: side.path,
        mode: side.mode,
        size: PAGE_SIZE,
        read: (kernel) => showSide(kernel, side),
        ...(side.field !== undefined && { write: (kernel, bytes) => storeSide(kernel, side, bytes) }),
        sysfs: true,
      }),
    ),
  ];
}

/** A descriptor, or -ENOENT, -EISDIR, -EACCES (no access to a sysfs file, or no file can be created in a directory of sysfs). */
export function open(kernel: Kernel, path: string, flags: number): Answer {
  const access = flags & O_ACCMODE;
  const file = filesOf(kernel).find((one) => one.path === path);
  if (file) {
    if (file.sysfs && !file.write && access !== 0) return { ret: -ERRNO.EACCES };
    const opened: OpenFile = {
      kind: "file",
      refs: 1,
      path,
      readable: access !== O_WRONLY,
      writable: access !== 0,
      content: undefined,
      pos: 0,
    };
    return { ret: kernel.fds.install(opened) };
  }
  const directories = directoriesOf(kernel);
  if (directories.has(path)) return { ret: access === 0 ? kernel.fds.install(openDirectory(path)) : -ERRNO.EISDIR };
  const parent = path.slice(0, Math.max(1, path.lastIndexOf("/")));
  if (flags & O_CREAT && directories.has(parent)) return { ret: -ERRNO.EACCES };
  const isModules = !kernel.steps[2] && moduleFiles(kernel).some((one) => one.path === path);
  return refused(ERRNO.ENOENT, { check: "no-file", ...(isModules && { step: 3 }) });
}

const openDirectory = (path: string): OpenFile => ({
  kind: "file",
  refs: 1,
  path,
  readable: true,
  writable: false,
  content: undefined,
  pos: 0,
});

/** The bytes read (none at the end of the file), or a negative errno. */
export function read(kernel: Kernel, fd: number, count: number): Uint8Array | number {
  const open = kernel.fds.get(fd);
  if (!open) return -ERRNO.EBADF;
  if (open.kind !== "file") return -ERRNO.EINVAL;
  if (!open.readable) return -ERRNO.EBADF;
  const file = filesOf(kernel).find(({ path }) => path === open.path);
  if (!file) return directoriesOf(kernel).has(open.path) ? -ERRNO.EISDIR : -ERRNO.ENODEV;
  open.content ??= file.read(kernel);
  const part = open.content.slice(open.pos, open.pos + count);
  open.pos += part.length;
  return part;
}

/** How many bytes were taken (at most a page). An empty write does not reach store(). */
export function write(kernel: Kernel, fd: number, bytes: Uint8Array): Answer {
  const open = kernel.fds.get(fd);
  if (!open) return { ret: -ERRNO.EBADF };
  if (open.kind !== "file") return { ret: -ERRNO.EINVAL };
  if (!open.writable) return { ret: -ERRNO.EBADF };
  const file = filesOf(kernel).find(({ path }) => path === open.path);
  if (!file) return { ret: -ERRNO.ENODEV };
  if (!file.write) return { ret: -ERRNO.EINVAL };
  return bytes.length === 0 ? { ret: 0 } : file.write(kernel, bytes.subarray(0, PAGE_SIZE));
}

export const close = (kernel: Kernel, fd: number): number => kernel.fds.close(fd);

export interface Entry {
  readonly name: string;
  /** `drwxr-xr-x` */
  readonly mode: string;
  readonly size: number;
}

/** What ls lists for a path: a directory's entries sorted by name, or the file itself. `undefined` if there is neither. */
export function listDirectory(kernel: Kernel, path: string): Entry[] | undefined {
  const plain = path.length > 1 ? path.replace(/\/+$/, "") : path;
  const files = filesOf(kernel);
  const file = files.find((one) => one.path === plain);
  if (file) return [{ name: plain, mode: `-${modeText(file.mode)}`, size: file.size }];
  const directories = directoriesOf(kernel);
  if (!directories.has(plain)) return undefined;
  const prefix = plain === "/" ? "/" : `${plain}/`;
  const below = (one: string): boolean =>
    one.startsWith(prefix) && one !== plain && !one.slice(prefix.length).includes("/");
  const entries = [
    ...[...directories]
      .filter(below)
      .map((one) => ({ name: one.slice(prefix.length), mode: `d${modeText(0o755)}`, size: 0 })),
    ...files
      .filter((one) => below(one.path))
      .map((one) => ({ name: one.path.slice(prefix.length), mode: `-${modeText(one.mode)}`, size: one.size })),
  ];
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `rw-r--r--` */
const modeText = (mode: number): string =>
  [..."rwxrwxrwx"].map((letter, i) => (mode & (1 << (8 - i)) ? letter : "-")).join("");

const directoriesOf = (kernel: Kernel): Set<string> => {
  const directories = new Set(["/", "/sys"]);
  for (const { path } of filesOf(kernel)) {
    for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) directories.add(path.slice(0, at));
  }
  return directories;
};
