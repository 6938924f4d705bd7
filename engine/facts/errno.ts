// Error numbers of system calls. They are positive here and negative when a system call returns them. Source: recorded/errno.ts.
import { ERRNO, texts } from "./recorded/errno.ts";

export { ERRNO };
export type ErrnoName = keyof typeof ERRNO;

/** The kernel's own name. No header of user space has it: user space sees only the number. */
export const ENOTSUPP = 524;

const NAMES = new Map<number, ErrnoName>();
for (const [name, number] of Object.entries(ERRNO)) NAMES.set(number, name as ErrnoName);

/** 22 or -22 → "EINVAL". 524, for which only the kernel has a name → "ENOTSUPP". A number without any name, 600 → "E600". */
export function errnoName(errno: number): string {
  const n = Math.abs(errno);
  return NAMES.get(n) ?? (n === ENOTSUPP ? "ENOTSUPP" : `E${n}`);
}

/** 22 or -22 → "Invalid argument", the text of strerror() in the C library. */
export const errnoText = (errno: number): string => texts[Math.abs(errno)] ?? `Unknown error ${Math.abs(errno)}`;
