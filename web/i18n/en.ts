// English, and the shape that every other language must have. Sentences with values are functions.
import type { NotSimulated } from "../../engine/index.ts";
import { formatNumber, plural } from "./numbers.ts";

export const en = {
  title: "Oreore: a Linux kernel for eBPF in a browser tab",
  notShown: { what: "This part of the page could not be shown.", reload: "Reload" },
  header: {
    examples: "Examples",
    ownProgram: "your program",
    share: "Share",
    language: "日本語",
    languageLabel: "日本語で表示する",
    menu: "Menu",
    openPlayground: "Open in the playground",
    skip: "Skip to the editor",
  },
  panes: {
    editor: "Program",
    verifier: "Verifier",
    machine: "Machine",
    kernel: "Kernel",
    lesson: "Lesson",
    unfold: "Unfold",
    beside: "Beside the program",
    maximise: "Maximise",
    restore: "All panes again",
  },
  layouts: { label: "Layout", words: { write: "Write", step: "Step", verify: "Verify", teach: "Teach" } },
  resize: { columns: "Resize the columns", rows: "Resize the rows" },
  editor: {
    beside: "Beside the program",
    sides: { bytes: "Disassembly", words: "Words", graph: "Graph" },
    menu: "What the editor shows",
    label: "BPF program, one macro a line",
    progType: "Program type",
    notSimulated: (what: NotSimulated) => `Not simulated: ${what}`,
    run: "Run",
    runTitle: "Load, attach, echo and cat in one go",
    listing: "Instructions",
    slot: "slot",
    showMap: (name: string) => `Show the map ${name} in the machine`,
    moreOnLine: (n: number) => `+${n} on this line`,
    noBytes: "no bytes",
    leave: "Esc, then Tab leaves the editor",
    problems: (n: number) => plural(n, "problem"),
    insns: (n: number) => plural(n, "instruction"),
    wide: "64-bit load, two slots",
  },
  intro: {
    what: "This is a Linux kernel for eBPF in your browser. The program above takes a number and adds 42.",
    first: "Change 42 to another number, then press Run.",
  },
  result: {
    more: (pane: string) => `See more in ${pane}`,
    line: (n: number) => `line ${n}`,
    written: "written; cat reads the answer",
    stopped: "Stopped by a fault",
    done: {
      load: (fd: number) => `Loaded as file descriptor ${fd}`,
      attach: (_fd: number) => "Attached",
      detach: (_fd: number) => "Detached",
    },
  },
  verdict: {
    accept: "Accepted",
    reject: "Refused",
    error: "Does not assemble",
    waiting: "Checking",
    stats: (insns: number, us: number) => `${plural(insns, "instruction")} walked in ${formatMicros(us)}`,
    safe: "The verifier walked every path and found nothing unsafe. This program may be loaded.",
    goTo: "Go to the line",
    askLinux: "Ask a real Linux",
    askLinuxTitle:
      "Asks a real Linux in this page (6.1 with OREORE, or 7.3). On first use some megabytes are fetched, once",
    line: (n: number) => `line ${n}`,
    log: "Verifier log",
    logEmpty: "No log: the verifier has not seen this program.",
    copyLog: "Copy the log",
    search: "Search the log",
    fold: "Fold or unfold all paths",
    foldPath: (from: string) => `Fold ${from}`,
    unfoldLog: "Show the whole log",
    foldLog: "Fold the log to this moment",
    copied: "Copied",
    logSize: (lines: number) => plural(lines, "line"),
    notSimulated: (what: NotSimulated) =>
      `This program needs ${what}, which this kernel does not have yet. That says nothing about whether it is safe.`,
    bug: "This is a bug in Oreore, not in your program.",
  },
  beliefs: {
    views: "What to show of the verifier",
    view: { log: "Log", beliefs: "At the cursor" },
  },
  machine: {
    at: (step: number, length: number) => `step ${formatNumber(step)} of ${formatNumber(length)}`,
  },
  kernel: {
    load: "Load",
    attach: "Attach",
    detach: "Detach",
    loadTitle: "bpf_prog_load()",
    attachTitle: "bpf_prog_attach()",
    detachTitle: "bpf_prog_detach()",
    notLoaded: "not loaded",
    loadedAs: (fd: number) => `fd ${fd}`,
    attached: "attached",
    notAttached: "not attached",
    edited: "The loaded program is older than the text.",
    reload: "Reload",
    attachesElsewhere: (type: string) =>
      `Only programs of type ${type} can be attached here: the hook belongs to its module. Start this one with Test run.`,
    input: "Text to write",
    packet: "Packet, as hex bytes",
    write: "echo",
    read: "cat",
    writeTitle: (path: string) => `Write to ${path}`,
    readTitle: (path: string) => `Read ${path}`,
    loadFirst: "Load the program first",
    testRun: "Test run",
    output: "Output",
    command: "Another command",
    commandOutput: "Output of the last command",
    maps: "Maps",
    calls: "System calls",
    callsEmpty: "Load the program: each system call and its answer is listed here.",
    trace: "trace_pipe",
  },
  extend: {
    open: "Extend the kernel",
    back: "Back to the program",
  },
  busy: { working: "The engine is working", cancel: "Cancel" },
  space: "Space",
  lesson: { open: "Lessons" },
} as const;

export function formatMicros(us: number): string {
  // A page's clock is coarse: below a tenth of a millisecond its value means nothing.
  return us < 100 ? "< 0.1 ms" : `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)} ms`;
}

/** The shape of a dictionary: the same keys, strings for strings, functions for functions. */
export type Dictionary = Widen<typeof en>;
type Widen<T> = T extends string
  ? string
  : T extends (...args: infer Args) => string
    ? (...args: Args) => string
    : T extends readonly string[]
      ? readonly string[]
      : { readonly [Key in keyof T]: Widen<T[Key]> };
