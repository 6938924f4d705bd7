import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "../../base/bytes.ts";
import { FORMS } from "../../isa/forms.ts";
import { encodeInsns } from "../../isa/insn.ts";
import { INSN_MACROS } from "../../isa/macros.ts";
import { analyse, assemble } from "../assemble.ts";
import {
  complete,
  explain,
  explainSlots,
  folds,
  format,
  hoverAt,
  inlayHints,
  renameAt,
  signatureAt,
  symbolAt,
  withAttach,
} from "./index.ts";

/** The text without its `|`, and the offset where that stood. */
const marked = (text: string) => {
  const offset = text.indexOf("|");
  const source = text.slice(0, offset) + text.slice(offset + 1);
  return { source, offset, analysis: analyse(source) };
};
const labels = (text: string) => {
  const { source, offset, analysis } = marked(text);
  return [...complete(analysis, source, offset).items].toSorted((a, b) => a.order - b.order).map((item) => item.label);
};

describe("completion offers what fits the place", () => {
  test.each([
    [
      "an empty line",
      "BPF_MOV64_IMM(BPF_REG_0, 0),\n|",
      ["BPF_ALU64_REG", "BPF_EXIT_INSN", "BPF_SK_LOOKUP", "// @map"],
    ],
    ["an operation", "BPF_ALU64_IMM(|", ["BPF_ADD", "BPF_ARSH"]],
    ["a comparison", "BPF_JMP_IMM(B|", ["BPF_JEQ", "BPF_JSLE"]],
    ["a size", "BPF_LDX_MEM(|, BPF_REG_0, BPF_REG_1, 0)", ["BPF_B", "BPF_DW"]],
    ["a register", "BPF_MOV64_REG(BPF_REG_0, |", ["BPF_REG_0", "BPF_REG_10"]],
    ["an atomic operation", "BPF_ATOMIC_OP(BPF_DW, |", ["BPF_ADD | BPF_FETCH", "BPF_CMPXCHG"]],
    ["a helper", "BPF_EMIT_CALL(|)", ["BPF_FUNC_map_lookup_elem", "BPF_FUNC_get_prandom_u32"]],
    [
      "a field of the context",
      "// @prog xdp\nBPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, |",
      ["offsetof(struct xdp_md, data)", "-8"],
    ],
    ["a struct", "BPF_MOV64_IMM(BPF_REG_0, sizeof(|", ["__sk_buff", "test_val"]],
    ["a field", "BPF_MOV64_IMM(BPF_REG_0, offsetof(struct __sk_buff, |", ["len", "data_end"]],
    ["a label", "out: BPF_EXIT_INSN(),\nBPF_JMP_A(|", ["out"]],
    ["a map", "// @map counts array key=4 value=8\nBPF_LD_MAP_FD(BPF_REG_1, |", ["counts"]],
    ["a constant", "BPF_MOV64_IMM(BPF_REG_0, XDP_|", ["XDP_PASS", "XDP_DROP"]],
    ["a directive", "// @p|", ["@prog", "@map"]],
    ["a program type", "// @prog |", ["xdp", "oreore"]],
    ["an attach type", "// @attach |", ["BPF_XDP", "BPF_LSM_MAC"]],
    ["a map type", "// @map m |", ["percpu_array", "ringbuf"]],
    ["a member", "{ .c|", ["code", "imm"]],
  ])("%s", (_, text, expected) => {
    expect(labels(text)).toEqual(expect.arrayContaining(expected));
  });
  test("nothing is offered in a string", () => expect(labels('char x[] = "|";')).toEqual([]));
  test("helpers that the program type may not call come last", () => {
    const all = labels("// @prog xdp\nBPF_EMIT_CALL(|)");
    expect(all.indexOf("BPF_FUNC_xdp_adjust_head")).toBeLessThan(all.indexOf("BPF_FUNC_skb_store_bytes"));
  });
});

test("only attach types that fit the program type are offered", () =>
  expect(labels("// @prog cgroup_skb\n// @attach |")).toEqual(["BPF_CGROUP_INET_INGRESS", "BPF_CGROUP_INET_EGRESS"]));

describe("an attach type is written into the text", () => {
  const EXIT = "BPF_EXIT_INSN(),\n";
  test.each([
    ["at the top", EXIT, "BPF_XDP", `// @attach BPF_XDP\n${EXIT}`],
    ["behind the program type", `// @prog xdp\n${EXIT}`, "BPF_XDP", `// @prog xdp\n// @attach BPF_XDP\n${EXIT}`],
    ["behind a last line", "/* @prog xdp */", "BPF_XDP", "/* @prog xdp */\n// @attach BPF_XDP\n"],
    ["in the place of another", `// @attach BPF_XDP\n${EXIT}`, "BPF_XDP_CPUMAP", `// @attach BPF_XDP_CPUMAP\n${EXIT}`],
    ["in the place of nonsense", `// @attach what\n${EXIT}`, "BPF_XDP", `// @attach BPF_XDP\n${EXIT}`],
    ["in the place of nothing", `// @attach\n${EXIT}`, "BPF_XDP", `// @attach BPF_XDP\n${EXIT}`],
    ["and taken out with its line", `// @prog xdp\n  // @attach BPF_XDP \n${EXIT}`, null, `// @prog xdp\n${EXIT}`],
    ["and taken out of a line", `/* @attach BPF_XDP */\n${EXIT}`, null, EXIT],
    ["and taken out of a block", `/*\n * @attach BPF_XDP\n * why\n */\n${EXIT}`, null, `/*\n * why\n */\n${EXIT}`],
    ["where there is none", EXIT, null, EXIT],
  ] as const)("%s", (_, source, name, expected) => {
    const written = withAttach(analyse(source), source, name);
    expect(written).toBe(expected);
    expect(assemble(written).expectedAttachType).toBe(
      name === null ? undefined : assemble(`// @attach ${name}\n${EXIT}`).expectedAttachType,
    );
  });
});

test("signature help follows the commas", () => {
  const at = (text: string) => {
    const { source, offset, analysis } = marked(text);
    return signatureAt(analysis, source, offset);
  };
  expect(at("BPF_JMP_IMM(BPF_JEQ, |")).toMatchObject({ name: "BPF_JMP_IMM", active: 1 });
  expect(at("BPF_MOV64_IMM(BPF_REG_0, offsetof(struct __sk_buff, |")).toMatchObject({ name: "offsetof", active: 1 });
  expect(at("BPF_MOV64_IMM(BPF_REG_0, (1 + 2|")?.params[1]).toMatchObject({ name: "IMM" });
  expect(at("#define A(x, y) x\nA(1, |")?.params.map((p) => p.name)).toEqual(["x", "y"]);
  expect(at("BPF_EXIT_INSN(), |")).toBeUndefined();
});

describe("hover", () => {
  const at = (text: string) => {
    const { source, offset, analysis } = marked(text);
    return hoverAt(analysis, source, offset);
  };
  test("on a macro it shows expansion, bytes, the kernel's notation and plain words", () => {
    expect(at("BPF_LDX_|MEM(BPF_W, BPF_REG_0, BPF_REG_1, 4),")).toMatchObject({
      kind: "insn",
      signature: "BPF_LDX_MEM(SIZE, DST, SRC, OFF)",
      expansion: ["{ .code = BPF_LDX | BPF_SIZE(SIZE) | BPF_MEM, .dst_reg = DST, .src_reg = SRC, .off = OFF }"],
      source: expect.stringMatching(/^tools\/include\/linux\/filter\.h:\d+$/),
      slots: [
        {
          slot: 0,
          hex: "6110040000000000",
          kernel: "(61) r0 = *(u32 *)(r1 +4)",
          words: {
            en: "Load the 32 bits at R1 + 4 into R0, zero-extended",
            ja: "R1 + 4 番地の 32 ビットを R0 に読む(ゼロ拡張)",
          },
          rfc: { section: "5.1" },
          form: "ldx4",
        },
      ],
    });
  });
  test.each([
    ["BPF_MOV64_IMM(BPF_REG_|1, 0)", { kind: "register", register: 1 }],
    [
      "BPF_EMIT_CALL(BPF_FUNC_map_|lookup_elem)",
      {
        kind: "helper",
        id: 1,
        prototype: "value * or NULL bpf_map_lookup_elem(R1: map, R2: key *)",
        signature: "void *bpf_map_lookup_elem(struct bpf_map *map, const void *key)",
      },
    ],
    ["BPF_MOV64_IMM(BPF_REG_0, ETH_P_|IP)", { kind: "constant", decimal: "2048", hex: "0x800" }],
    ["BPF_MOV64_IMM(BPF_REG_0, 0x|10)", { kind: "constant", decimal: "16" }],
    [
      "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, offsetof(struct __sk_buff, data_|end))",
      { kind: "field", off: 80, size: 4 },
    ],
    ["BPF_MOV64_IMM(BPF_REG_0, sizeof(struct test_|val))", { kind: "struct", size: 48 }],
    ["out: BPF_JMP_A(o|ut)", { kind: "label", slot: 0, uses: 1 }],
    ["// @map m hash key=8\nBPF_LD_MAP_FD(BPF_REG_1, |m)", { kind: "map", type: "hash", keySize: 8 }],
    ["#define TWO 2\nBPF_MOV64_IMM(BPF_REG_0, T|WO)", { kind: "define", text: "#define TWO 2" }],
    ["// @pr|og xdp", { kind: "directive", name: "@prog" }],
  ])("%s", (text, expected) => {
    expect(at(text)).toMatchObject(expected);
  });
});

test("every form has words in both languages", () => {
  for (const form of FORMS) {
    const insn = { code: form.code, dst: 1, src: form.when.src ?? 2, off: form.when.off ?? 0, imm: form.when.imm ?? 1 };
    const words = explain(insn, 0, insn);
    expect(words.en, form.name).not.toMatch(/^$|\{|undefined/);
    expect(words.ja, form.name).not.toMatch(/^$|\{|undefined/);
  }
  for (const macro of INSN_MACROS) expect(macro.ja, macro.name).toMatch(/[ぁ-ん=]/);
});

test("inlay hints show slots, the kernel's notation and targets of jumps", () => {
  const source = "BPF_LD_IMM64(BPF_REG_0, 1),\nBPF_JMP_A(end),\nend: BPF_EXIT_INSN(),";
  const hints = inlayHints(analyse(source), source, new Set(["slot", "kernel", "target"]));
  expect(hints.map(({ kind, text, line }) => `${kind} ${text}${line ? ` in line ${line}` : ""}`)).toEqual([
    "slot 0",
    "kernel r0 = 0x1",
    "slot 2",
    "target end in line 3",
    "kernel goto pc+0",
    "slot 3",
    "kernel exit",
  ]);
});

test.each([
  ["BPF_JMP_A(0),|\nBPF_EXIT_INSN(),"],
  ["BPF_JMP_A(0), // a comment stays where it is|\nBPF_EXIT_INSN(),"],
  ["BPF_JMP_A(0)  /* the same */| \r\nBPF_EXIT_INSN(),"],
  ["BPF_JMP_A(0),| /* no end of the line */ BPF_EXIT_INSN(), // another's"],
  ["BPF_JMP_A(0),| /* a */ BPF_EXIT_INSN(), /* b */"],
  ["BPF_JMP_A(0), /* a */ // b|\nBPF_EXIT_INSN(),"],
  ["BPF_JMP_A(0),| /* more than\na line */\nBPF_EXIT_INSN(),"],
])("a hint stands behind its instruction, or behind the comment that ends the line: %j", (marked) => {
  const source = marked.replace("|", "");
  expect(inlayHints(analyse(source), source, new Set(["target"])).map(({ offset }) => offset)).toEqual([
    marked.indexOf("|"),
  ]);
});

test("all places of labels, defines and maps are found and renamed", () => {
  const source =
    "#define N 3\n// @map m array\nagain:\nBPF_LD_MAP_FD(BPF_REG_1, m),\nBPF_MOV64_IMM(BPF_REG_0, N + N),\nBPF_JMP_A(again),\nBPF_JMP_A(-5 /* -> again */),";
  const analysis = analyse(source);
  const rename = (word: string, to: string) => {
    const result = renameAt(analysis, source, source.indexOf(word), to);
    if ("problem" in result) return result.problem;
    return result.edits
      .toReversed()
      .reduce((text, { span, text: name }) => text.slice(0, span.start) + name + text.slice(span.end), source);
  };
  expect(rename("again", "loop")).toBe(source.replaceAll("again", "loop"));
  expect(rename("N 3", "COUNT")).toBe(source.replace(/\bN\b/g, "COUNT"));
  expect(rename("m array", "counts")).toBe(
    source.replace("m array", "counts array").replace("BPF_REG_1, m", "BPF_REG_1, counts"),
  );
  expect(rename("again", "N")).toBe("taken");
  expect(rename("again", "2x")).toBe("not-a-name");
  expect(rename("BPF_JMP_A", "x")).toBe("not-a-symbol");
  expect(symbolAt(analysis, source, source.lastIndexOf("again"))?.definition.start).toBe(source.indexOf("again"));
});

describe("formatting", () => {
  test("sets blanks and aligns comments", () => {
    const source =
      "BPF_MOV64_IMM(BPF_REG_0,1<<2),  /* one */\n  BPF_RAW_INSN(BPF_JMP|BPF_CALL,0,0,0,-1) , // two\n\tBPF_EXIT_INSN(),   \n/* BPF_X(1,2)\n   kept */";
    expect(format(source)).toBe(
      [
        "\tBPF_MOV64_IMM(BPF_REG_0, 1 << 2),              /* one */",
        "\tBPF_RAW_INSN(BPF_JMP | BPF_CALL, 0, 0, 0, -1), // two",
        "\tBPF_EXIT_INSN(),",
        "/* BPF_X(1,2)",
        "   kept */",
      ].join("\n"),
    );
  });
  test("never changes a byte, and a second time changes nothing", () => {
    const pieces = [
      "BPF_MOV64_IMM(BPF_REG_0,",
      "1",
      "+2",
      "-(3)",
      "~0U",
      "*4",
      ")",
      "),",
      "\n",
      " ",
      "\t",
      "/* c */",
      "// d\n",
      "BPF_EXIT_INSN(),",
      "sizeof(int *)",
      "offsetof(struct __sk_buff,cb[1])",
      "(__u32)",
      "&",
      "|",
      "#define A 1\n",
      "label:",
      "'a'",
      "\\\n",
      "/*",
      "*/",
      '"s"',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 24 }), (parts) => {
        const source = parts.join("");
        const once = format(source);
        expect(toHex(encodeInsns(assemble(once).insns))).toBe(toHex(encodeInsns(assemble(source).insns)));
        expect(format(once)).toBe(once);
      }),
      { numRuns: 150 },
    );
  });
});

test("no question about any text throws", () => {
  const pieces = [
    "BPF_MOV64_IMM",
    "(",
    ")",
    ",",
    "BPF_REG_0",
    "offsetof(struct ",
    "__sk_buff",
    ".",
    "{",
    "}",
    "// @",
    "@map ",
    "x:",
    "\n",
    '"',
    "0x1",
    "#define A(x) x\n",
    "A(",
    "BPF_FUNC_",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 20 }), fc.nat(), (parts, n) => {
      const source = parts.join("");
      const analysis = analyse(source);
      const offset = n % (source.length + 1);
      complete(analysis, source, offset);
      signatureAt(analysis, source, offset);
      hoverAt(analysis, source, offset);
      renameAt(analysis, source, offset, "other");
      inlayHints(analysis, source, new Set(["slot", "kernel", "target"]));
    }),
    { numRuns: 150 },
  );
});

test.each([
  ["BPF_ALU64_IMM(BPF_A|DD, BPF_REG_0, 1),", "add SRC to DST"],
  ["BPF_ATOMIC_OP(BPF_DW, BPF_A|DD, BPF_REG_1, BPF_REG_0, 0),", "add SRC to memory"],
])("a constant is explained as the argument that it is: %s", (text, words) => {
  const { source, offset, analysis } = marked(text);
  expect(hoverAt(analysis, source, offset)).toMatchObject({ kind: "constant", meaning: { en: words } });
});

describe("what can be folded", () => {
  const ranges = (source: string) =>
    folds(analyse(source), source).map(({ start, end, kind }) => [start, end, kind] as const);

  test("an array, a block comment, a run of line comments", () =>
    expect(
      ranges("/* one\n   two */\nstruct bpf_insn p[] = {\n\tBPF_EXIT_INSN(),\n\t// a\n\t// b\n};\n// alone\n"),
    ).toEqual([
      [1, 2, "comment"],
      [3, 6, "region"],
      [5, 6, "comment"],
    ]));
  test("each branch of a conditional", () =>
    expect(ranges("#if 1\nBPF_EXIT_INSN(),\n#else\nBPF_EXIT_INSN(),\n#endif\n")).toEqual([
      [1, 2, "region"],
      [3, 4, "region"],
    ]));
  test("functions, with the label before them", () =>
    expect(ranges("BPF_CALL_REL(f),\nBPF_EXIT_INSN(),\nf:\nBPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n")).toEqual([
      [1, 2, "region"],
      [3, 5, "region"],
    ]));
  test("folds of any text have at least two lines and end inside the text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("{", "}", "#if 1\n", "#endif\n", "/*", "*/", "//x\n", "\n", "BPF_EXIT_INSN(),")),
        (pieces) => {
          const source = pieces.join("");
          const lineCount = source.split("\n").length;
          for (const [start, end] of ranges(source)) {
            expect(start).toBeLessThan(end);
            expect(end).toBeLessThanOrEqual(lineCount);
          }
        },
      ),
    );
  });
});

test("a program in plain words has one sentence per instruction, also for a 64-bit load of two slots", () =>
  expect(
    explainSlots(assemble("BPF_LD_IMM64(BPF_REG_0, 5),\nBPF_EXIT_INSN(),").insns).map(({ slot, en }) => [slot, en]),
  ).toEqual([
    [0, "Put the 64-bit number 0x5 into R0 (two slots)"],
    [2, "Return to the caller with R0 as the result"],
  ]));
