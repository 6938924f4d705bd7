// A terminal: what was typed, and the answers. The last answer of cat or of a program is the largest thing on it.
import { columns, LETTER_WIDTH, LINE_HEIGHT } from "../fit.ts";
import type { PictureProps } from "../picture.ts";
import { useStageText } from "../useStageText.ts";

const MIN_SIZE = 0.032;
const MAX_SIZE = 0.05;
/** A terminal lower than this fraction of the stage's height has less space around its lines. */
const LOW_HEIGHT = 0.32;
/** The next prompt is shown only if there is room for this many lines: a large answer, its command, the prompt. */
const PROMPT_LINES = 5;
/** On the real Linux: lines that the name of the kernel takes, and the largest type below it. So a whole demo has room. */
const RELEASE_LINES = 1.4;
const MAX_SIZE_REAL = 0.041;
/** Size of the large answer, as a multiple of the other lines' size. */
const LARGE_FACTOR = 2.2;

export function TerminalPicture({ frame, area, stageHeight }: PictureProps) {
  const text = useStageText();
  const { real } = frame;
  const { terminal } = frame.world;
  const texts = terminal.flatMap(({ line, output }) => [`# ${line}`, ...linesOf(output)]);
  const longest = Math.max(28, ...texts.map(columns));
  const padding = (area.height < LOW_HEIGHT * stageHeight ? 0.016 : 0.034) * stageHeight;
  const width = area.width - 2.2 * padding;
  const size = Math.max(
    MIN_SIZE * stageHeight,
    Math.min((real ? MAX_SIZE_REAL : MAX_SIZE) * stageHeight, width / (longest * LETTER_WIDTH) - 0.01),
  );
  const room = Math.floor((area.height - 2.2 * padding) / (size * LINE_HEIGHT) - (real ? RELEASE_LINES : 0));
  // Earlier entries scroll away, each command together with its answer.
  const rowsOf = (output: string): number =>
    output === ""
      ? 0
      : linesOf(output).reduce(
          (sum, line) => sum + Math.max(1, Math.ceil((columns(line) * size * LETTER_WIDTH) / width)),
          0,
        );
  // An answer is large if it is one line and fits in large type.
  const isLarge = (output: string): boolean =>
    linesOf(output).length === 1 && columns(output) * LARGE_FACTOR * size * LETTER_WIDTH < width;
  // One row for the next prompt, and the extra height of a large answer.
  let rows = isLarge(terminal.at(-1)?.output ?? "") ? LARGE_FACTOR : 1;
  let from = terminal.length;
  while (from > 0) {
    const { line, output } = terminal[from - 1] as (typeof terminal)[number];
    rows += (line === "" ? 0 : 1) + rowsOf(output);
    if (rows > room && from < terminal.length) break;
    from--;
  }
  const last = terminal.length - 1;
  return (
    <pre className="terminal" style={{ padding, fontSize: size, lineHeight: LINE_HEIGHT }} lang="en">
      {real && (
        <span className="terminal__where" data-real={real.state} data-testid="stage-real">
          {text.real[real.state](real.release)}
        </span>
      )}
      {terminal.slice(from).map(({ line, output, failed, answer = false }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only added
        <span key={from + i} className="terminal__entry" data-last={from + i === last || undefined}>
          {line !== "" && (
            <span className="terminal__line">
              <span className="terminal__prompt"># </span>
              {line}
            </span>
          )}
          {output !== "" && (
            <span
              className="terminal__output"
              data-failed={failed || undefined}
              data-large={(!failed && (line !== "" || answer) && from + i === last && isLarge(output)) || undefined}
              data-call={(line === "" && !answer) || undefined}
            >
              {output.replace(/\n$/, "")}
            </span>
          )}
        </span>
      ))}
      {room >= PROMPT_LINES && (
        <span className="terminal__line">
          <span className="terminal__prompt"># </span>
          <span className="terminal__cursor" />
        </span>
      )}
    </pre>
  );
}

const linesOf = (output: string): readonly string[] => output.replace(/\n$/, "").split("\n");
