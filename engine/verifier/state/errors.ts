// The negative errnos that checks return, under the kernel's names; 0 is success.
import { ERRNO } from "../../facts/errno.ts";

export const EPERM = -ERRNO.EPERM;
export const ENOENT = -ERRNO.ENOENT;
export const E2BIG = -ERRNO.E2BIG;
export const EACCES = -ERRNO.EACCES;
export const EFAULT = -ERRNO.EFAULT;
export const EINVAL = -ERRNO.EINVAL;
export const EAGAIN = -ERRNO.EAGAIN;
export const ENOMEM = -ERRNO.ENOMEM;
export const ERANGE = -ERRNO.ERANGE;
export const EOPNOTSUPP = -ERRNO.EOPNOTSUPP;
/** Of the kernel only, not in UAPI. */
export const ENOTSUPP = -524;
