// Compares the simulation's answer with a real kernel's. Each difference has its cause, as far as it is known.
// The two are never the same release, and the real kernel has 32 bits: see DifferenceCause.
import { errnoName } from "../facts/errno.ts";

/**
 * `address`: only addresses differ, which change from boot to boot. `release`: this release uses other words, or decides in another
 * way. `width`: the real kernel has 32 bits. `btf`: the types of the program or of its maps were not sent. `unknown`: none of
 * these explains the other verdict or errno.
 */
export type DifferenceCause = "address" | "release" | "width" | "btf" | "unknown";

/** What a kernel answers to the load of a program: one side of the comparison. */
export interface LoadAnswer {
  readonly verdict: "accept" | "reject";
  /** Positive. 0: accepted. */
  readonly errno: number;
  readonly log: string;
}

export interface Difference {
  readonly what: "verdict" | "errno" | "message" | "processed";
  readonly ours: string;
  readonly theirs: string;
  readonly cause: DifferenceCause;
}

/** A line of each log that says the same, up to `state`. Or a line of one log that the other lacks, with the cause. */
export interface ComparedLine {
  readonly ours?: string;
  readonly theirs?: string;
  readonly state: "same" | DifferenceCause;
}

export interface LogComparison {
  /** Verdict, errno and last line are equal, apart from addresses. */
  readonly same: boolean;
  /** Everything is equal, including addresses and the rest of the log. */
  readonly identical: boolean;
  readonly differences: readonly Difference[];
  /** Such as `EACCES`. "": accepted. */
  readonly errnoName: string;
  /** The real log's last line before diagnosis and statistics. */
  readonly message: string;
  /** Both logs side by side, without statistics and diagnosis. */
  readonly lines: readonly ComparedLine[];
  /** Linux's own diagnosis of a refusal, which it writes since 7.2. "": it gives none. */
  readonly diagnosis: string;
}

export interface LogParts {
  readonly lines: readonly string[];
  /** The last line before diagnosis and statistics. "": there is none. */
  readonly message: string;
  readonly diagnosis: string;
  /** Instructions that the verifier processed. -1: the log does not say. */
  readonly processed: number;
}

const STATISTICS = /^processed (\d+) insns/;
/** The lines of BPF_LOG_STATS that stand before it. */
const STATISTICS_DETAILS = /^(?:verification time|stack depth|subprog \d+ \()/;
const DIAGNOSIS = /^Verification failed: /;

export function partsOfLog(log: string): LogParts {
  const all = log.replace(/\n$/, "").split("\n");
  const end = all.findIndex((line) => STATISTICS.test(line));
  const said = end < 0 ? all : all.slice(0, end);
  const from = said.findIndex((line) => DIAGNOSIS.test(line));
  const lines = from < 0 ? said : said.slice(0, from);
  while (lines.length > 0 && (lines.at(-1) === "" || STATISTICS_DETAILS.test(lines.at(-1) as string))) lines.pop();
  const count = STATISTICS.exec(all[end] ?? "");
  return {
    lines,
    message: lines.at(-1) ?? "",
    diagnosis: from < 0 ? "" : said.slice(from).join("\n").trim(),
    processed: count ? Number(count[1]) : -1,
  };
}

/** The line without repeated blanks: the width of a log's columns differs between releases. */
const withoutBlanks = (line: string): string => line.replace(/ +/g, " ").trim();
/** The line with kernel addresses replaced: 16 digits on 64 bits, 8 on 32 bits. */
const withoutAddresses = (line: string): string =>
  withoutBlanks(line).replace(/\b0x(?:f[0-9a-f]{15}|[c-f][0-9a-f]{7})\b/g, "0x…");

/** Messages of a 32-bit kernel. Its JIT has no functions and callbacks, and its stack sizes are rounded for the interpreter. */
const ABOUT_WIDTH = /non-JITed programs|only supported on 64-bit arches|stack size/;
/** Messages about missing BTF: programs and maps are sent without it. */
const ABOUT_BTF = /BTF|\bbtf/;
/** Messages about instructions and helpers that are newer than the release. */
const ABOUT_RELEASE =
  /uses reserved fields|unknown opcode|invalid func unknown|unknown func |invalid atomic opcode|back-edge/;
/** Program types whose context contains the machine's registers, so its size depends on the width. */
const REGISTER_CONTEXTS = new Set(["kprobe", "perf_event"]);

function causeOf(message: string, progType: string): DifferenceCause | undefined {
  if (ABOUT_WIDTH.test(message)) return "width";
  if (REGISTER_CONTEXTS.has(progType) && /context access/.test(message)) return "width";
  if (ABOUT_BTF.test(message)) return "btf";
  return ABOUT_RELEASE.test(message) ? "release" : undefined;
}

/** `ours`: the simulation's answer for a program of `progType`. */
export function compareAnswers(ours: LoadAnswer, theirs: LoadAnswer, progType: string): LogComparison {
  const ourLog = partsOfLog(ours.log);
  const theirLog = partsOfLog(theirs.log);
  const differences: Difference[] = [];
  const knownCause = causeOf(theirLog.message, progType);
  const differ = (what: Difference["what"], a: string, b: string, cause: DifferenceCause) => {
    if (a !== b) differences.push({ what, ours: a, theirs: b, cause });
  };
  differ("verdict", ours.verdict, theirs.verdict, knownCause ?? "unknown");
  if (ours.verdict === "reject" && theirs.verdict === "reject")
    differ("errno", errnoName(ours.errno), errnoName(theirs.errno), knownCause ?? "unknown");
  const refused = ours.verdict === "reject" || theirs.verdict === "reject";
  const [a, b] = [ours.verdict === "reject" ? ourLog.message : "", theirs.verdict === "reject" ? theirLog.message : ""];
  if (refused)
    differ("message", a, b, withoutAddresses(a) === withoutAddresses(b) ? "address" : (knownCause ?? "release"));
  if (ourLog.processed >= 0 && theirLog.processed >= 0)
    differ("processed", String(ourLog.processed), String(theirLog.processed), knownCause ?? "release");
  const lines = compareLines(ourLog.lines, theirLog.lines, knownCause);
  return {
    same: differences.every(({ what, cause }) => what === "processed" || (what === "message" && cause === "address")),
    identical: differences.length === 0 && lines.every(({ state }) => state === "same"),
    differences,
    errnoName: theirs.errno === 0 ? "" : errnoName(theirs.errno),
    message: theirLog.message,
    lines,
    diagnosis: theirLog.diagnosis,
  };
}

/** Number of lines that are searched ahead in the other log. */
const LOOK_AHEAD = 64;

/** Pairs each line of `theirs` with the next line of `ours` that says the same. */
function compareLines(
  ours: readonly string[],
  theirs: readonly string[],
  knownCause: DifferenceCause | undefined,
): ComparedLine[] {
  const masked = ours.map(withoutAddresses);
  const rows: ComparedLine[] = [];
  let at = 0;
  const skipTo = (end: number) => {
    for (; at < end; at++) rows.push({ ours: ours[at] as string, state: "release" });
  };
  theirs.forEach((line, i) => {
    const found = masked.slice(at, at + LOOK_AHEAD).indexOf(withoutAddresses(line));
    if (found < 0) {
      rows.push({ theirs: line, state: i === theirs.length - 1 ? (knownCause ?? "release") : "release" });
      return;
    }
    skipTo(at + found);
    const mine = ours[at++] as string;
    rows.push({ ours: mine, theirs: line, state: withoutBlanks(mine) === withoutBlanks(line) ? "same" : "address" });
  });
  skipTo(ours.length);
  return rows;
}
