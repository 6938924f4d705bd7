// Error numbers of system calls: positive here, negative where a system call returns them. Source: recorded/errno.ts.
import { ERRNO, texts } from "./recorded/errno.ts";

export { ERRNO };
export type ErrnoName = keyof typeof ERRNO;

const NAMES = new Map<number, ErrnoName>();
for (const [name, number] of Object.entries(ERRNO)) NAMES.set(number, name as ErrnoName);

/** 22 or -22 → "EINVAL"; a number without a name (the kernel's own 524) as "ENOTSUPP" or `E524`. */
export function errnoName(errno: number): string {
  const n = Math.abs(errno);
  return NAMES.get(n) ?? (n === 524 ? "ENOTSUPP" : `E${n}`);
}

/** 22 or -22 → "Invalid argument", as strerror() of the C library says it. */
export const errnoText = (errno: number): string => texts[Math.abs(errno)] ?? `Unknown error ${Math.abs(errno)}`;
