// Compares two versions of a program: which lines of the text differ, which lines of the log differ, and how the verdict changed. Loaded
// when it is first asked for.
//
// A new instruction moves all that follow, so every line of the log that names a slot would differ. Therefore the earlier version is
// verified once more, and the log uses the other version's number for each slot. That log is compared, and the true one is shown. Both have
// the same lines in the same order.
import { alignment, commonPairs, type Pair } from "../../base/diff.ts";
import type { Insn } from "../../isa/insn.ts";
import type { Registry } from "../../kernel/registry.ts";
import { distanceField } from "../../program/flow.ts";
import type { MapDef } from "../../program/program.ts";
import type { ComparedRow, ComparedText, CompareView, VersionView } from "../views/compare.ts";
import type { ProgramInput } from "../views/program.ts";
import { type Checked, type Clock, check } from "./check.ts";
import { type LoadSettings, loadWhole } from "./load.ts";

/** The most lines of a log that are compared. */
const MOST_LINES = 20_000;
/** Added to the slot of an instruction that the other version does not have. */
const UNMATCHED_SLOT = 10_000_000;

type Watch = LoadSettings["watch"];

export function compare(
  registry: Registry,
  [before, now]: readonly [before: ProgramInput, now: ProgramInput],
  clock: Clock,
  watch: Watch,
): CompareView {
  const [was, is] = [before, now].map((input) => check(registry, input, -1, clock, watch)) as [Checked, Checked];
  const logTooLong = [was, is].some(({ view, log }) => view.logBrief || log.count > MOST_LINES);
  return {
    before: versionView(was),
    now: versionView(is),
    source: sourceRows(before.source, now.source),
    log: logTooLong ? [] : logRows(registry, was, is, clock, watch),
    logTooLong,
    maps: differingMaps(was.program.maps, is.program.maps),
  };
}

function versionView({ view, program }: Checked): VersionView {
  const fault = view.diagnostics.find(({ severity }) => severity === "error");
  const place = view.verdict === "error" ? fault?.span : view.slots.find(({ slot }) => slot === view.messageSlot)?.span;
  const { verdict, errnoName, message } = view;
  return {
    progType: program.progType,
    verdict,
    errnoName,
    message: verdict === "error" && fault ? fault.messages : { en: message, ja: message },
    refusal: view.refusal?.id ?? "",
    line: place?.line ?? 0,
    insns: program.insns.length,
    insnsProcessed: view.insnsProcessed,
  };
}

const SAME_MAP = ["type", "keySize", "valueSize", "maxEntries", "flags"] as const;

function differingMaps(before: readonly MapDef[], now: readonly MapDef[]): string[] {
  const names = new Set([...before, ...now].map(({ name }) => name));
  return [...names].filter((name) => {
    const [was, is] = [before, now].map((maps) => maps.find((map) => map.name === name));
    return !was || !is || SAME_MAP.some((key) => was[key] !== is[key]);
  });
}

function sourceRows(before: string, now: string): ComparedRow[] {
  const [a, b] = [before, now].map((text) => text.replace(/\n$/, "").split("\n")) as [string[], string[]];
  return rows(a, b, commonPairs(a, b), (i, j) => i.map((_, at): Pair => [at, at]).slice(0, j.length));
}

/**
 * `inPlace`: pairs the lines of two stretches that differ. Takes the positions of their lines, returns pairs of positions within the
 * stretches.
 */
function rows(
  a: readonly string[],
  b: readonly string[],
  same: readonly Pair[],
  inPlace: (a: readonly number[], b: readonly number[]) => readonly Pair[],
): ComparedRow[] {
  const text = (lines: readonly string[], at: number, marks: ComparedText["marks"] = []): ComparedText => ({
    line: at + 1,
    text: lines[at] as string,
    marks,
  });
  const changed = (i: number, j: number): ComparedRow => {
    const [out, put] = changedColumns(a[i] as string, b[j] as string);
    return { kind: "changed", before: text(a, i, out), now: text(b, j, put) };
  };
  return alignment(a.length, b.length, same).flatMap((one): ComparedRow[] => {
    if (one.kind === "same") return [{ kind: "same", before: text(a, one.a), now: text(b, one.b) }];
    return alignment(one.a.length, one.b.length, inPlace(one.a, one.b)).flatMap((part): ComparedRow[] =>
      part.kind === "same"
        ? [changed(one.a[part.a] as number, one.b[part.b] as number)]
        : [
            ...part.a.map((i): ComparedRow => ({ kind: "out", before: text(a, one.a[i] as number), now: null })),
            ...part.b.map((j): ComparedRow => ({ kind: "in", before: null, now: text(b, one.b[j] as number) })),
          ],
    );
  });
}

/** Words, white space and single signs. */
const TOKENS = /[A-Za-z\d]+|\s+|[^A-Za-z\d\s]/g;
/** If less than this share of a line is common, the whole line is marked as changed. */
const LEAST_COMMON = 0.4;

function changedColumns(before: string, now: string): readonly [ComparedText["marks"], ComparedText["marks"]] {
  const [a, b] = [before, now].map((line): readonly string[] => line.match(TOKENS) ?? []) as [string[], string[]];
  const pairs = commonPairs(a, b);
  const kept = pairs.reduce((sum, [i]) => sum + (a[i] as string).length, 0);
  if (kept < LEAST_COMMON * Math.max(before.length, now.length)) return [[], []];
  return [columnsWithout(a, new Set(pairs.map(([i]) => i))), columnsWithout(b, new Set(pairs.map(([, j]) => j)))];
}

/** Columns of the tokens that are not kept. Neighbouring tokens are one range. */
function columnsWithout(tokens: readonly string[], kept: ReadonlySet<number>): ComparedText["marks"] {
  const found: (readonly [number, number])[] = [];
  let column = 0;
  tokens.forEach((token, i) => {
    const end = column + token.length;
    const last = found.at(-1);
    if (!kept.has(i)) {
      if (last?.[1] === column) found[found.length - 1] = [last[0], end];
      else found.push([column, end]);
    }
    column = end;
  });
  return found;
}

function logRows(registry: Registry, was: Checked, is: Checked, now: Clock, watch: Watch): ComparedRow[] {
  const newSlotOf = renumbering(was.program.insns, is.program.insns);
  const count = was.log.count;
  const [shown, other] = [was.log.lines(0, count), is.log.lines(0, is.log.count)];
  const renumberedLines = renumberedLog(registry, was, newSlotOf, now, watch) ?? shown;
  const [a, b] = [was.log.lineFacts(0, count), is.log.lineFacts(0, is.log.count)];
  return rows(shown, other, commonPairs(renumberedLines, other), (i, j) =>
    commonPairs(
      i.map((at) => `${a.kinds[at]} ${newSlotOf(a.slots[at] as number)}`),
      j.map((at) => `${b.kinds[at]} ${b.slots[at]}`),
    ),
  );
}

/** The lines of the log with the slot numbers of the other version. undefined: they would be the same. */
function renumberedLog(
  registry: Registry,
  { program, verdict, log }: Checked,
  slotNumber: (slot: number) => number,
  now: Clock,
  watch: Watch,
): string[] | undefined {
  if (!verdict || program.insns.every((_, slot) => slotNumber(slot) === slot)) return undefined;
  const written = loadWhole(registry, program, { now, progress: watch(), slotNumber })?.verdict;
  const lines = written?.log.replace(/\n$/, "").split("\n");
  return lines?.length === log.count ? lines : undefined;
}

/** The slot in `now` for each slot of `before`: first the same instructions are matched, then those at the same place. */
function renumbering(before: readonly Insn[], now: readonly Insn[]): (slot: number) => number {
  const [a, b] = [before, now].map((insns) => insns.map(comparisonKey)) as [string[], string[]];
  const numbers = before.map((_, slot) => UNMATCHED_SLOT + slot);
  for (const one of alignment(a.length, b.length, commonPairs(a, b))) {
    if (one.kind === "same") numbers[one.a] = one.b;
    else for (const [at, slot] of one.a.slice(0, one.b.length).entries()) numbers[slot] = one.b[at] as number;
  }
  return (slot) => numbers[slot] ?? slot;
}

/** An instruction without its jump distance: a jump over a new instruction is the same jump. */
function comparisonKey(insn: Insn, slot: number): string {
  const distance = distanceField(insn, slot);
  const { code, dst, src, off, imm } = insn;
  return `${code} ${dst} ${src} ${distance === "off" ? "" : off} ${distance === "imm" ? "" : imm}`;
}
