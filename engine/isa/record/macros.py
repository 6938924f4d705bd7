#!/usr/bin/env python3
"""Writes ../recorded/macros.ts: the instruction macros of the kernel's headers, with their parameters, fields and place.

    macros.py LINUX-SOURCE > ../recorded/macros.ts

LINUX-SOURCE is an unpacked tree, linux-source-6.12 (Debian: package linux-source). The version is read from its name.
Two headers are read. The one that user space compiles with comes first. A macro that it does not have is taken from the
kernel's own header. If a macro uses another instruction macro, that one is expanded, so each row names fields and
parameters only.
"""

import pathlib
import re
import sys

HEADERS = {"tools": "tools/include/linux/filter.h", "kernel": "include/linux/filter.h"}
DEFINE = re.compile(r"^#define[ \t]+(\w+)(?:\(([^)]*)\))?[ \t]*((?:[^\\\n]|\\\n)*)$", re.M)
WORD = re.compile(r"\b[A-Za-z_]\w*\b")
FIELDS = {"code": "code", "dst_reg": "dst", "src_reg": "src", "off": "off", "imm": "imm"}


def read(path):
    """-> {name: (parameters, body, line)}, only of macros that are used with parentheses."""
    text = path.read_text()
    found = {}
    for match in DEFINE.finditer(text):
        name, params, body = match.groups()
        if params is None:
            continue
        body = re.sub(r"/\*.*?\*/", " ", body.replace("\\\n", " "), flags=re.S)
        line = text.count("\n", 0, match.start()) + 1
        found.setdefault(name, ([p.strip() for p in params.split(",") if p.strip()], " ".join(body.split()), line))
    return found


def arguments(text, at):
    """-> (the arguments in the parentheses that open at `at`, the index behind the closing one)"""
    depth, start, parts = 0, at + 1, []
    for i in range(at, len(text)):
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
            if depth == 0:
                parts.append(text[start:i].strip())
                return ([] if parts == [""] else parts), i + 1
        elif text[i] == "," and depth == 1:
            parts.append(text[start:i].strip())
            start = i + 1
    raise ValueError(text)


def written_out(body, macros):
    """The body, with each use of another instruction macro replaced by that macro's body."""
    while True:
        for match in WORD.finditer(body):
            other = macros.get(match.group())
            if other and "struct bpf_insn" in expanded(match.group(), macros) and body[match.end() : match.end() + 1] == "(":
                values, end = arguments(body, match.end())
                put = dict(zip(other[0], values))
                inner = WORD.sub(lambda word: put.get(word.group(), word.group()), other[1])
                body = body[: match.start()] + inner + body[end:]
                break
        else:
            return body


def expanded(name, macros, seen=()):
    """The macro's body followed by the bodies of all macros that it uses. Only good for a search for a word."""
    body = macros[name][1]
    for word in set(WORD.findall(body)):
        if word in macros and word != name and word not in seen:
            body += expanded(word, macros, (*seen, name))
    return body


def slots(body):
    """-> one dictionary per instruction: {our field: C expression}. Fields that are 0 are left out."""
    made = []
    for match in re.finditer(r"\(struct bpf_insn\)\s*\{", body):
        values, _ = arguments(body, match.end() - 1)
        slot = {}
        for value in values:
            member = re.fullmatch(r"\.(\w+)\s*=\s*(.*)", value, re.S)
            if member and (member[2] != "0" or member[1] == "code"):
                slot[FIELDS[member[1]]] = member[2]
        made.append(slot)
    return made


def main(tree):
    version = re.search(r"(\d+)\.(\d+)", tree.name)
    rows = {}
    for origin, header in HEADERS.items():
        macros = read(tree / header)
        for name, (params, _, line) in macros.items():
            made = slots(written_out(macros[name][1], macros))
            # Macros with addresses of kernel functions are left out: such addresses are not constants.
            if not made or "__bpf_call_base" in expanded(name, macros) or name.startswith("__"):
                continue
            rows.setdefault(name, (params, made, origin, f"{header}:{line}"))
    print("// Written by ../record/macros.py: the instruction macros of the kernel's headers"
          + (f", Linux {version[1]}.{version[2]}" if version else "") + ". Not to be edited.\n")
    print("export interface RecordedMacro {\n  readonly params: readonly string[];")
    print("  /** Fields of each slot as C expressions over the parameters; an absent one is 0. */")
    print("  readonly slots: readonly {\n    readonly code: string;\n    readonly dst?: string;\n    readonly src?: string;\n    readonly off?: string;\n    readonly imm?: string;\n  }[];")
    print('  readonly from: "tools" | "kernel";\n  /** File and line in the kernel\'s tree. */\n  readonly source: string;\n}\n')
    print("export const RECORDED_MACROS = {")
    quote = lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for name in sorted(rows):
        params, made, origin, source = rows[name]
        fields = ", ".join("{ " + ", ".join(f"{field}: {quote(text)}" for field, text in slot.items()) + " }" for slot in made)
        print(f"  {name}: {{\n    params: [{', '.join(map(quote, params))}],\n    slots: [{fields}],\n    from: {quote(origin)},\n    source: {quote(source)},\n  }},")
    print("} as const satisfies Record<string, RecordedMacro>;")


main(pathlib.Path(sys.argv[1]))
