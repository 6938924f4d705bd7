import { expect, test } from "vitest";
import { assemble } from "../../asm/assemble.ts";
import { programOf } from "../../asm/assembly.ts";
import { Draft, firstVersion } from "../../remedy/draft.ts";
import { jumpImm, movImm } from "../../remedy/new-insns.ts";
import type { Fix } from "../../remedy/remedy.ts";
import { editedText } from "./fix-edits.ts";
import { diffLines } from "./fixes.ts";

const SOURCE = `// @map counts array key=4 value=8 entries=1
BPF_MOV64_IMM(R6, 3), // how often
again:
	BPF_ALU64_IMM(BPF_SUB, R6, 1), /* one less */
	BPF_JMP_IMM(BPF_JNE, R6, 0, again),
BPF_JMP_IMM(BPF_JEQ, R6, 9, 1),
BPF_MOV64_IMM(R0, 0),
out:
BPF_EXIT_INSN()
`;

/** The text after `change` was applied to the program. */
function edited(change: (draft: Draft) => void, source = SOURCE): string | undefined {
  const assembly = assemble(source);
  expect(assembly.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const defaults = { progType: "xdp", expectedAttachType: 0, progFlags: 0, license: "GPL" };
  const draft = new Draft(firstVersion(programOf(assembly, defaults)));
  change(draft);
  const version = draft.version();
  if (!version) return undefined;
  const fix: Fix = { en: "", ja: "", outcome: "accepted", losses: [], ...version };
  return editedText(source, assembly, fix, (text) => assemble(text))?.source;
}

test("new lines have the right place and the reader's style, and comments, labels and the rest stay", () => {
  expect(edited((draft) => draft.before(draft.item(4), [jumpImm(0x20, 6, 7, draft.item(5))]))).toBe(
    SOURCE.replace("R6, 9, 1),", "R6, 9, out),\nBPF_JMP_IMM(BPF_JGT, R6, 7, out),"),
  );
});

test("a number that is a distance is recomputed, a label stays as it is", () => {
  expect(edited((draft) => draft.after(draft.item(3), [movImm(1, 1)]))).toBe(
    SOURCE.replace("R6, 9, 1),", "R6, 9, out),\nBPF_MOV64_IMM(R1, 1),"),
  );
});

test("new lines before a label run only without a jump, new lines behind it also after a jump to it", () => {
  expect(edited((draft) => draft.after(draft.item(0), [movImm(1, 1)]))).toBe(
    SOURCE.replace("// how often\n", "// how often\nBPF_MOV64_IMM(R1, 1),\n"),
  );
  expect(edited((draft) => draft.before(draft.item(1), [movImm(1, 1)]))).toBe(
    SOURCE.replace("\tBPF_ALU64_IMM(BPF_SUB", "\tBPF_MOV64_IMM(R1, 1),\n\tBPF_ALU64_IMM(BPF_SUB"),
  );
});

test("a changed instruction keeps its comment, and a removed line goes with its comma", () => {
  expect(
    edited((draft) => {
      const item = draft.item(1);
      item.insn = { ...item.insn, imm: 2 };
    }),
  ).toBe(SOURCE.replace("BPF_SUB, R6, 1), /* one less */", "BPF_SUB, R6, 2), /* one less */"));
  expect(edited((draft) => draft.remove(draft.item(4)))).toBe(
    SOURCE.replace("BPF_MOV64_IMM(R0, 0),\n", "").replace("R6, 9, 1)", "R6, 9, out)"),
  );
});

test("lines behind the last one add the comma that was missing", () => {
  expect(edited((draft) => draft.after(draft.item(5), [movImm(0, 1), { insn: draft.item(5).insn }]))).toBe(
    SOURCE.replace("BPF_EXIT_INSN()", "BPF_EXIT_INSN(),\nBPF_MOV64_IMM(R0, 1),\nBPF_EXIT_INSN()"),
  );
});

test("a map is changed at its declaration, and a map that the text does not declare cannot be changed", () => {
  const larger = (draft: Draft): void => {
    draft.maps = draft.maps.map((map) => ({ ...map, valueSize: 32 }));
  };
  expect(edited(larger)).toBe(SOURCE.replace("value=8", "value=32"));
  const declared = SOURCE.replace(
    /.*\n/,
    'struct bpf_map_def SEC("maps") counts = { .type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };\n',
  );
  expect(edited(larger, declared)).toContain("/* @map counts array key=4 value=32 entries=1 */");
});

test("a difference shows what changes with a line around it", () => {
  const before = ["a", "b", "c", "d", "e", "f", "g"];
  const after = ["a", "b", "C", "d", "e", "f", "g", "h"];
  expect(diffLines(before, after).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    "same b",
    "out c",
    "in C",
    "same d",
    "gap ",
    "same g",
    "in h",
  ]);
});
