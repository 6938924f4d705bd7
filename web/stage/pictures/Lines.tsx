// Lines of code on the stage, as large as there is room for. Marked lines are yellow; added lines have a plus sign.

import { type Area, fitLines, LINE_HEIGHT } from "../fit.ts";
import { useStageText } from "../useStageText.ts";

export interface Line {
  readonly text: string;
  readonly kind?: "add" | "keep" | "comment";
  readonly marked?: boolean;
  /** The instruction that the verifier refuses. */
  readonly refused?: boolean;
  /** The text in pieces, some of them marked. Used only if the line fits in one row. */
  readonly parts?: readonly { readonly text: string; readonly marked: boolean }[];
}

interface Props {
  readonly lines: readonly Line[];
  readonly area: Area;
  readonly stageHeight: number;
  /** Stands above the lines, in small type. */
  readonly title?: string;
  /** Index of the line that must be visible if none is marked. */
  readonly lookAt?: number;
}

/** Height of the title with the space below it, and the space around the lines, as fractions of the stage's height. */
const TITLE_HEIGHT = 0.052;
const PADDING = 0.024;
/** Columns before a line, for its plus sign. */
const SIGN_COLUMNS = 2;

export function Lines({ lines, area, stageHeight, title, lookAt = 0 }: Props) {
  const text = useStageText();
  const signed = lines.some(({ kind }) => kind === "add");
  const marked = lines.findIndex((line) => line.marked);
  const mark = Math.max(0, marked < 0 ? lookAt : marked);
  const shown = lines.map(({ text: line, kind }) => (signed ? `${kind === "add" ? "+" : " "} ${line}` : line));
  const room = {
    width: area.width - 2 * PADDING * stageHeight,
    height: area.height - (2 * PADDING + (title ? TITLE_HEIGHT : 0)) * stageHeight,
  };
  const { size, rows, above, below } = fitLines(untab(shown, signed), room, stageHeight, mark);
  return (
    <figure className="lines" style={{ padding: PADDING * stageHeight }}>
      {title && (
        <figcaption className="lines__title" style={{ height: TITLE_HEIGHT * stageHeight }}>
          <code>{title}</code>
        </figcaption>
      )}
      <pre style={{ fontSize: size, lineHeight: LINE_HEIGHT }} lang="en">
        {rows.map(({ line, text: row }, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other name than its place
            key={i}
            className="lines__row"
            data-kind={lines[line]?.kind}
            data-marked={lines[line]?.marked || undefined}
            data-refused={lines[line]?.refused || undefined}
          >
            {row === lines[line]?.text && lines[line]?.parts ? <LineParts parts={lines[line].parts} /> : row || " "}
          </span>
        ))}
        {above + below > 0 && (
          <span className="lines__more">
            {above > 0 && <span>{text.above(above)}</span>}
            {below > 0 && <span>{text.below(below)}</span>}
          </span>
        )}
      </pre>
    </figure>
  );
}

const LineParts = ({ parts }: { readonly parts: NonNullable<Line["parts"]> }) =>
  parts.map(({ text, marked }, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a piece has no other name than its place
    <span key={i} data-marked={marked || undefined}>
      {text}
    </span>
  ));

/** Replaces tabs after the sign by four blanks each, so that the sign does not move the tab stops. */
const untab = (lines: readonly string[], signed: boolean): readonly string[] =>
  signed
    ? lines.map(
        (line) =>
          line.slice(0, SIGN_COLUMNS) + line.slice(SIGN_COLUMNS).replace(/^\t+/, (tabs) => "    ".repeat(tabs.length)),
      )
    : lines;
