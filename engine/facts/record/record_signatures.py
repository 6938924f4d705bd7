#!/usr/bin/env python3
"""Records ../recorded/signatures.ts: C signatures of the helpers, from the list in include/uapi/linux/bpf.h.
Usage: record_signatures.py [BPF_H]. Default: /usr/include/linux/bpf.h. A newer file lists more helpers."""
import json
import pathlib
import re
import sys

path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/include/linux/bpf.h")
text = path.read_text()
listed = text[text.index("Start of BPF helper function descriptions"):text.index("define ___BPF_FUNC_MAPPER")]
found = {m[2]: (m[1].strip(), m[3]) for m in re.finditer(r"^ \* ([\w *]+?[ *])bpf_(\w+)\((.*)\)$", listed, re.M)}
out = pathlib.Path(__file__).resolve().parent.parent / "recorded" / "signatures.ts"
rows = "".join(f"  {name}: {json.dumps(ret + '(' + args + ')')},\n" for name, (ret, args) in found.items())
out.write_text("// Recorded by record/record_signatures.py from include/uapi/linux/bpf.h. Do not edit.\n\n"
               "/** Helper without bpf_ → result and parameters: `void *(struct bpf_map *map, const void *key)`. */\n"
               f"export const signatures: Readonly<Record<string, string>> = {{\n{rows}}};\n")
print(len(found), "signatures")
