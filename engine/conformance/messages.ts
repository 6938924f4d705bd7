// Which of the verifier's messages the recordings show, and why they do not show the others.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const VERIFIER = join(import.meta.dirname, "../verifier");
/** They speak of the log, they do not write it. */
const NOT_THE_LOG = ["explain", "rewrite"];

export interface Message {
  /** As the source has it, between its quotes. */
  readonly text: string;
  readonly pattern: RegExp;
}

/** Texts in the verifier's sources that end a line of its log. */
export function messages(): Message[] {
  const found: Message[] = [];
  for (const file of readdirSync(VERIFIER, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts") || NOT_THE_LOG.some((room) => file.startsWith(room)))
      continue;
    const source = readFileSync(join(VERIFIER, file), "utf8");
    for (const [, text] of source.matchAll(/["`]((?:[^"`\\\n]|\\.)*)\\n["`]/g)) {
      const fixed = text!
        .replaceAll("\\n", "\n")
        .split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/)
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      if (fixed.join("").length >= 6) found.push({ text: text!, pattern: new RegExp(`${fixed.join(".*")}$`, "m") });
    }
  }
  return found;
}

/** Why no recording shows a message that contains the text. */
export const NOT_RECORDED: readonly (readonly [text: string, why: string])[] = [
  // A check before it refuses the same programs; the kernel has it too, and has it no less in vain.
  ["invalid BPF_ALU opcode", "such opcodes are unknown before the walk begins"],
  ["invalid BPF_JMP/JMP32 opcode", "such opcodes are unknown before the walk begins"],
  ["invalid BPF_LD mode", "such opcodes are unknown before the walk begins"],
  ["invalid BPF_LD_IMM insn", "such opcodes are unknown before the walk begins"],
  ["Locking two bpf_spin_locks are not allowed", "within a lock every helper but the unlock is refused before"],
  ["bpf_spin_unlock cannot be out of order", "takes two locks"],
  ["stack size of subprog", "no access reaches below 512 bytes, and may_goto's counter is added after this check"],
  ["invalid unbounded variable-offset", "arithmetic on the frame pointer refuses such an offset before"],
  ["invalid insn idx", "the control flow was checked before the walk"],
  ["bpf_struct_ops map cannot be used in prog", "such a map takes the kernel's BTF"],
  ["reference has not been acquired before", "an argument without a reference is refused before"],
  ["Possibly NULL pointer passed to helper arg", "the argument's type is refused before, but for pointers out of maps"],
  // Kernel functions can be called so, helpers cannot.
  ["expected pointer to stack or const struct bpf_dynptr", "of helpers' arguments the type is checked before"],
  ["cannot pass pointer to const bpf_dynptr", "no helper but those that release one changes a dynptr"],
  ["Expected a dynptr of type", "a helper that wants one type of dynptr releases it, which is refused before"],
  // Programs without privileges.
  ["variable offset stack pointer cannot be passed into helper", "said to those without privileges only"],
  ["invalid read from stack R", "those with privileges may read what was never written"],
  ["allocated_stack too small", "those with privileges may read what was never written"],
  // Pointers that a map's BTF speaks of.
  ["kptr ", "the recorder makes no maps with kernel pointers in them"],
  // Mistakes of the verifier itself: seeing one would be news.
  ["verifier bug: ", "a fault of the kernel's own"],
  ["var_off=(", "the end of the message about ranges that contradict each other, which no program was found to reach"],
  // Too large to record.
  ["jumps is too complex", "takes a program of more than 8192 branches"],
  ["propagate_backedges: too many iterations", "takes a loop with more than 64 rounds of precision marks"],
  ["}access off", "the end of a text in a text, shown by what stands before it"],
];
