// The negative errnos that checks return, with the kernel's names. Success is 0.
import { ERRNO, ENOTSUPP as UNSUPPORTED } from "../../facts/errno.ts";

export const E2BIG = -ERRNO.E2BIG;
export const EACCES = -ERRNO.EACCES;
export const EFAULT = -ERRNO.EFAULT;
export const EINVAL = -ERRNO.EINVAL;
export const EAGAIN = -ERRNO.EAGAIN;
export const ENOMEM = -ERRNO.ENOMEM;
export const ERANGE = -ERRNO.ERANGE;
export const ENOTSUPP = -UNSUPPORTED;
