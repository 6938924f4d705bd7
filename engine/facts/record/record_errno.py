#!/usr/bin/env python3
"""Writes ../recorded/errno.ts: names, numbers and texts of errnos, from the C library of a Linux machine."""
import errno
import json
import os
import pathlib

names = {number: name for number, name in errno.errorcode.items()}
names[errno.EAGAIN], names[errno.EDEADLK], names[errno.EOPNOTSUPP] = "EAGAIN", "EDEADLK", "EOPNOTSUPP"
out = pathlib.Path(__file__).resolve().parent.parent / "recorded" / "errno.ts"
out.write_text("// Recorded by record/record_errno.py (x86-64 Linux, C library texts). Do not edit.\n\nexport const ERRNO = {\n"
               + "".join(f"  {names[n]}: {n},\n" for n in sorted(names)) + "} as const;\n\n/** By number. */\n"
               "export const texts: Readonly<Record<number, string>> = {\n"
               + "".join(f"  {n}: {json.dumps(os.strerror(n))},\n" for n in sorted(names)) + "};\n")
