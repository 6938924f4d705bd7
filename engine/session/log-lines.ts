// Which instruction each line of a verifier log is about, and which line says why. Knows the shapes of the kernel's lines,
// not their meaning.  @kernel kernel/bpf/{verifier,log,liveness}.c

export interface LogLines {
  readonly lines: readonly string[];
  /** For each line the slot it is about, or -1. */
  readonly slots: Int32Array;
  /** Index of the line that says why, -1 where there is none. */
  readonly messageLine: number;
}

/** A line that names its slot itself: the first group. */
const NAMED: readonly RegExp[] = [
  /^(\d+): /, // instruction or state: `3: (95) exit`, `3: R0=1 R10=fp0`
  /^from \d+ to (\d+)(?: \(speculative execution\))?:/,
  /^ +(\d+): [0-9.]{10} /, // the table of live registers
  /^mark_precise: frame\d+: .* before (\d+): /,
  /^mark_precise: frame\d+: last_idx (\d+) /,
  /^\(\d+\) frame \d+ insn (\d+) /,
  /^unreachable insn (\d+)$/,
  /^jump out of range from insn (\d+) to /,
  /^back-edge from insn (\d+) to /,
  /^infinite loop detected at insn (\d+)$/,
  /^(?:jump|call|func).* insn (\d+)/,
  /\bat insn (\d+)$/,
  /\binsn (\d+)$/,
];

/** Lines about the whole program. */
const GENERAL = /^(?:processed \d|verification time|stack depth|func#|Live regs before insn|\(\d+\) live stack|$)/;
const STATISTICS = /^(?:processed \d|verification time|stack depth)/;
/** States that stand below the line that says why. */
const STATES = /^(?:cur|old) state:/;

/** `lastSlot`: what "last insn is not an exit or jmp" speaks of. */
export function readLog(log: string, lastSlot: number): LogLines {
  const lines = log.split("\n");
  const slots = new Int32Array(lines.length).fill(-1);
  let current = -1;
  let messageLine = -1;
  lines.forEach((line, i) => {
    if (line !== "" && !STATISTICS.test(line) && !STATES.test(line)) messageLine = i;
    const named = slotNamed(line);
    if (named !== undefined) {
      current = Number(named);
      slots[i] = current;
    } else if (line.startsWith("last insn is not an exit")) {
      slots[i] = lastSlot;
    } else if (!GENERAL.test(line)) {
      // A message stands below the instruction it is about.
      slots[i] = current;
    }
  });
  return { lines, slots, messageLine };
}

function slotNamed(line: string): string | undefined {
  for (const shape of NAMED) {
    const slot = shape.exec(line)?.[1];
    if (slot !== undefined) return slot;
  }
  return undefined;
}
