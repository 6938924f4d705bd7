// Words of the comparison of two versions, loaded with it.
import type { CompareView, VersionView } from "../../engine/index.ts";
import type { VersionKind } from "../stores/history/versions.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";
import { formatNumber, plural } from "./numbers.ts";

/** Numbers of lines of the text that differ. */
export interface Counts {
  readonly changed: number;
  readonly in: number;
  readonly out: number;
}

export interface CompareTexts {
  readonly title: string;
  readonly close: string;
  readonly with: string;
  readonly kind: Readonly<Record<Exclude<VersionKind, "kept">, string>>;
  readonly kept: string;
  readonly none: string;
  readonly comparing: string;
  readonly before: string;
  readonly now: string;
  readonly program: string;
  readonly log: string;
  readonly same: (lines: number) => string;
  readonly more: (rows: number) => string;
  readonly row: Readonly<Record<"changed" | "out" | "in", string>>;
  /** How the verdict changed. */
  readonly verdict: (before: VersionView, now: VersionView) => string;
  readonly walked: (before: VersionView, now: VersionView) => string;
  readonly text: (counts: Counts) => string;
  readonly progType: (before: string, now: string) => string;
  readonly maps: (names: string) => string;
  readonly logSame: string;
  readonly logTooLong: string;
  readonly logNone: string;
}

const en = (view: VersionView): string => {
  const where = view.line > 0 ? `line ${view.line}: ` : "";
  return view.verdict === "reject" ? `${view.errnoName}, ${where}${view.message.en}` : `${where}${view.message.en}`;
};
const ja = (view: VersionView): string => {
  const where = view.line > 0 ? `${view.line} 行目: ` : "";
  return view.verdict === "reject" ? `${view.errnoName}、${where}${view.message.ja}` : `${where}${view.message.ja}`;
};
const isSameRefusal = (a: VersionView, b: VersionView): boolean =>
  a.refusal === b.refusal && a.errnoName === b.errnoName && a.message.en === b.message.en;

export const COMPARE_TEXTS: Readonly<Record<Language, CompareTexts>> = {
  en: {
    title: "Compare with an earlier version",
    close: "Close",
    with: "Compare with",
    kind: {
      change: "before the last change",
      loaded: "as last loaded (Run)",
      accepted: "as last accepted",
      opened: "as opened",
    },
    kept: "Kept on this device",
    none: "There is no other version yet. Change the program, and what changed is shown here.",
    comparing: "Both versions are being verified",
    before: "Before",
    now: "Now",
    program: "Program",
    log: "Verifier log",
    same: (lines) => `${plural(lines, "line")} the same`,
    more: (rows) => `Show ${plural(rows, "more row")}`,
    row: { changed: "changed", out: "only before", in: "only now" },
    verdict: (before, now) => {
      if (before.verdict === "error")
        return now.verdict === "error"
          ? `It does not assemble, as before. ${en(now)}`
          : now.verdict === "accept"
            ? `It did not assemble (${en(before)}). Now it is accepted.`
            : `It did not assemble (${en(before)}). Now it is refused: ${en(now)}`;
      if (now.verdict === "error")
        return `It was ${before.verdict === "accept" ? "accepted" : "refused"}. Now it does not assemble. ${en(now)}`;
      if (before.verdict === "accept")
        return now.verdict === "accept" ? "Accepted, as before." : `It was accepted. Now it is refused: ${en(now)}`;
      if (now.verdict === "accept") return `It was refused (${en(before)}). Now it is accepted.`;
      return isSameRefusal(before, now)
        ? `Refused as before: ${en(now)}`
        : `Still refused, for another reason. Before: ${en(before)} Now: ${en(now)}`;
    },
    walked: (before, now) =>
      [
        before.insns === now.insns
          ? `${plural(now.insns, "instruction")}, as before`
          : `${plural(now.insns, "instruction")} instead of ${formatNumber(before.insns)}`,
        before.insnsProcessed === now.insnsProcessed
          ? `the verifier walks ${formatNumber(now.insnsProcessed)}, as before.`
          : `the verifier walks ${formatNumber(now.insnsProcessed)} instead of ${formatNumber(before.insnsProcessed)}.`,
      ].join("; "),
    text: (counts) =>
      counts.changed + counts.in + counts.out === 0
        ? "The text is the same."
        : `${[
            counts.changed > 0 && `${plural(counts.changed, "line")} changed`,
            counts.in > 0 && `${plural(counts.in, "line")} new`,
            counts.out > 0 && `${plural(counts.out, "line")} gone`,
          ]
            .filter(Boolean)
            .join(", ")}.`,
    progType: (before, now) => `The program type was ${before} and is ${now}.`,
    maps: (names) => `Maps that differ: ${names}.`,
    logSame: "The verifier says the same of both, but for the numbers of instructions that moved.",
    logTooLong: "A log of this length is not compared.",
    logNone: "Neither has a log.",
  },
  ja: {
    title: "以前の版との違い",
    close: "閉じる",
    with: "比べる版",
    kind: {
      change: "最後の変更の前",
      loaded: "最後にロード (実行) したとき",
      accepted: "最後に受理されたとき",
      opened: "開いたとき",
    },
    kept: "この端末に残っているプログラム",
    none: "比べる版がまだありません。プログラムを変えると、変わった所がここに出ます。",
    comparing: "両方の版を検証しています",
    before: "以前",
    now: "現在",
    program: "プログラム",
    log: "verifier のログ",
    same: (lines) => `同じ ${formatNumber(lines)} 行`,
    more: (rows) => `さらに ${formatNumber(rows)} 行を表示`,
    row: { changed: "変更", out: "以前だけ", in: "現在だけ" },
    verdict: (before, now) => {
      if (before.verdict === "error")
        return now.verdict === "error"
          ? `以前と同じく、アセンブルできません。${ja(now)}`
          : now.verdict === "accept"
            ? `以前はアセンブルできませんでした (${ja(before)})。現在は受理されます。`
            : `以前はアセンブルできませんでした (${ja(before)})。現在は拒否されます: ${ja(now)}`;
      if (now.verdict === "error")
        return `以前は${before.verdict === "accept" ? "受理" : "拒否"}されました。現在はアセンブルできません。${ja(now)}`;
      if (before.verdict === "accept")
        return now.verdict === "accept"
          ? "以前と同じく、受理されます。"
          : `以前は受理されました。現在は拒否されます: ${ja(now)}`;
      if (now.verdict === "accept") return `以前は拒否されました (${ja(before)})。現在は受理されます。`;
      return isSameRefusal(before, now)
        ? `以前と同じく、拒否されます: ${ja(now)}`
        : `拒否されますが、理由が違います。以前: ${ja(before)} 現在: ${ja(now)}`;
    },
    walked: (before, now) =>
      [
        before.insns === now.insns
          ? `命令は以前と同じ ${formatNumber(now.insns)} 個`
          : `命令は ${formatNumber(before.insns)} 個から ${formatNumber(now.insns)} 個`,
        before.insnsProcessed === now.insnsProcessed
          ? `verifier がたどる命令は以前と同じ ${formatNumber(now.insnsProcessed)} 個です。`
          : `verifier がたどる命令は ${formatNumber(before.insnsProcessed)} 個から ${formatNumber(now.insnsProcessed)} 個になりました。`,
      ].join("、"),
    text: (counts) =>
      counts.changed + counts.in + counts.out === 0
        ? "テキストは同じです。"
        : `${[
            counts.changed > 0 && `変更 ${formatNumber(counts.changed)} 行`,
            counts.in > 0 && `追加 ${formatNumber(counts.in)} 行`,
            counts.out > 0 && `削除 ${formatNumber(counts.out)} 行`,
          ]
            .filter(Boolean)
            .join("、")}。`,
    progType: (before, now) => `プログラムタイプは ${before} から ${now} に変わりました。`,
    maps: (names) => `違いのあるマップ: ${names}。`,
    logSame: "動いた命令の番号を除いて、verifier の言うことは両方とも同じです。",
    logTooLong: "これほど長いログは比べません。",
    logNone: "どちらにもログがありません。",
  },
};

export const useCompareTexts = (): CompareTexts => COMPARE_TEXTS[useSettings((s) => s.language)];

/** All sentences about the differences, except those of the log. */
export function sentences(text: CompareTexts, { before, now, source, maps }: CompareView): readonly string[] {
  const count = (kind: string): number => source.filter((row) => row.kind === kind).length;
  const judged = before.verdict !== "error" && now.verdict !== "error";
  return [
    text.verdict(before, now),
    text.text({ changed: count("changed"), in: count("in"), out: count("out") }),
    ...(before.progType === now.progType ? [] : [text.progType(before.progType, now.progType)]),
    ...(maps.length > 0 ? [text.maps(maps.join(", "))] : []),
    ...(judged ? [text.walked(before, now)] : []),
  ];
}
