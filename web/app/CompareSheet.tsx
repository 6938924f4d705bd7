// What changed since an earlier version: the verdict in words, then program and log side by side (on a narrow page one below the other).
// Equal stretches are folded to a line that opens them.
import { Ban, CircleCheck, TriangleAlert } from "lucide-react";
import { Fragment, useEffect, useMemo, useState } from "react";
import type { ComparedRow, ComparedText, CompareView, VersionView } from "../../engine/index.ts";
import { type CompareTexts, sentences, useCompareTexts } from "../i18n/compare.ts";
import { useText } from "../i18n/index.ts";
import { compareWithVersion, openComparison, useVersions, type Version } from "../stores/history/versions.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import "./compare.css";

export default function CompareSheet() {
  const words = useCompareTexts();
  const { choices, chosen, view } = useVersions();
  useEffect(() => void openComparison(), []);
  return (
    <Sheet title={words.title} closeLabel={words.close} className="compare-sheet" onClose={closeDialog}>
      {choices.length === 0 ? <p className="hint">{words.none}</p> : <Choice choices={choices} chosen={chosen} />}
      {chosen && !view && (
        <p className="hint" role="status">
          {words.comparing}
        </p>
      )}
      {view && <Comparison key={chosen?.id} view={view} />}
    </Sheet>
  );
}

function Choice({ choices, chosen }: { readonly choices: readonly Version[]; readonly chosen: Version | null }) {
  const words = useCompareTexts();
  const language = useSettings((s) => s.language);
  const kept = choices.filter(({ kind }) => kind === "kept");
  const time = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short" });
  return (
    <label className="compare__choice">
      {words.with}
      <select
        className="select"
        value={chosen?.id}
        onChange={(event) => void compareWithVersion(event.currentTarget.value)}
      >
        {choices.map(
          ({ id, kind }) =>
            kind !== "kept" && (
              <option key={id} value={id}>
                {words.kind[kind]}
              </option>
            ),
        )}
        {kept.length > 0 && (
          <optgroup label={words.kept}>
            {kept.map(({ id, name, at }) => (
              <option key={id} value={id}>
                {time.format(at)} {name}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </label>
  );
}

function Comparison({ view }: { readonly view: CompareView }) {
  const words = useCompareTexts();
  const [verdict, ...rest] = sentences(words, view);
  const logSame = view.log.every(({ kind }) => kind === "same");
  return (
    <>
      <p className="compare__verdict" data-testid="compare-verdict" role="status">
        {verdict}
      </p>
      <p className="compare__rest">{rest.join(" ")}</p>
      <ScrollRegion className="compare__body" aria-label={words.title}>
        <div className="compare__sides" aria-hidden="true">
          <Side name={words.before} side={view.before} />
          <Side name={words.now} side={view.now} />
        </div>
        <h3 className="compare__part">{words.program}</h3>
        <Rows rows={view.source} />
        <h3 className="compare__part">{words.log}</h3>
        {view.logTooLong ? (
          <p className="hint">{words.logTooLong}</p>
        ) : view.log.length === 0 ? (
          <p className="hint">{words.logNone}</p>
        ) : (
          <>
            {logSame && <p className="hint">{words.logSame}</p>}
            <Rows rows={view.log} />
          </>
        )}
      </ScrollRegion>
    </>
  );
}

const ICON = { accept: CircleCheck, reject: Ban, error: TriangleAlert } as const;

function Side({ name, side }: { readonly name: string; readonly side: VersionView }) {
  const text = useText();
  const Icon = ICON[side.verdict];
  return (
    <p className="compare__side" data-verdict-kind={side.verdict}>
      <span>{name}</span>
      <Icon size={15} aria-hidden="true" />
      <strong>{text.verdict[side.verdict]}</strong>
      {side.errnoName !== "" && <code>-{side.errnoName}</code>}
    </p>
  );
}

/** Lines shown around a difference. */
const AROUND = 3;
/** The most rows drawn at once. */
const SHOWN = 400;

interface Part {
  readonly from: number;
  readonly to: number;
  /** All rows are equal and away from differences. */
  readonly isAside: boolean;
}

/** Stretches of rows. Those away from differences are folded. A fold of one line would save nothing. */
function partsOf(rows: readonly ComparedRow[]): readonly Part[] {
  const near = new Uint8Array(rows.length);
  rows.forEach(({ kind }, i) => {
    if (kind !== "same") near.fill(1, Math.max(0, i - AROUND), i + AROUND + 1);
  });
  const parts: Part[] = [];
  for (let from = 0; from < rows.length; ) {
    let to = from;
    while (to < rows.length && near[to] === near[from]) to++;
    parts.push({ from, to, isAside: near[from] === 0 && to - from > 1 });
    from = to;
  }
  return parts;
}

function Rows({ rows }: { readonly rows: readonly ComparedRow[] }) {
  const words = useCompareTexts();
  const parts = useMemo(() => partsOf(rows), [rows]);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [shown, show] = useState(SHOWN);
  let left = shown;
  let hidden = 0;
  const visible = (from: number, to: number): readonly ComparedRow[] => {
    const some = rows.slice(from, Math.min(to, from + Math.max(0, left)));
    left -= some.length;
    hidden += to - from - some.length;
    return some;
  };
  return (
    <div className="compare__rows">
      {parts.map(({ from, to, isAside }) =>
        isAside && !open.has(from) ? (
          left > 0 && (
            <button key={from} type="button" className="compare__fold" onClick={() => setOpen(new Set(open).add(from))}>
              {words.same(to - from)}
            </button>
          )
        ) : (
          <Fragment key={from}>
            {visible(from, to).map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
              <Row key={from + i} row={row} words={words} />
            ))}
          </Fragment>
        ),
      )}
      {hidden > 0 && (
        <button type="button" className="compare__fold" onClick={() => show(shown + SHOWN)}>
          {words.more(Math.min(hidden, SHOWN))}
        </button>
      )}
    </div>
  );
}

function Row({ row, words }: { readonly row: ComparedRow; readonly words: CompareTexts }) {
  const { kind, before, now } = row;
  return (
    <div className="compare__row" data-kind={kind}>
      {kind !== "same" && <span className="visually-hidden">{words.row[kind]}: </span>}
      <Cell side="before" line={before} sign={kind === "same" ? "" : "−"} />
      <Cell side="now" line={now} sign={kind === "same" ? "" : "+"} />
    </div>
  );
}

interface CellProps {
  readonly side: "before" | "now";
  readonly line: ComparedText | null;
  readonly sign: string;
}

function Cell({ side, line, sign }: CellProps) {
  if (!line) return <span className="compare__cell" data-side={side} data-empty />;
  return (
    <span className="compare__cell" data-side={side} lang="en">
      <span className="compare__line" aria-hidden="true">
        {line.line}
      </span>
      <span aria-hidden="true">{sign}</span>
      <code>{marked(line)}</code>
    </span>
  );
}

function marked({ text, marks }: ComparedText) {
  if (marks.length === 0) return text === "" ? " " : text;
  const ends = [0, ...marks.flat(), text.length];
  return ends.slice(1).map((end, i) => {
    const piece = text.slice(ends[i], end);
    return i % 2 === 1 ? <mark key={end}>{piece}</mark> : piece;
  });
}
