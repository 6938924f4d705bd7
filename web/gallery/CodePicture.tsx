// A program as a picture: each instruction is a row of bars, one bar per word, coloured by its kind. Jumps are lines beside the rows. The
// refused instruction is marked.
import type { CodePictureView } from "../../engine/index.ts";
import { inLanes } from "../panes/editor/jumps.ts";

const WIDTH = 112;
const HEIGHT = 78;
const PADDING = 7;
/** The largest distance between rows. More would no longer look like a program. */
const WIDEST_PITCH = 9;
const LANE = 4;
/** Room beside the bars: for the jumps, and for the mark of the refused instruction. */
const LEFT = 21;
const SIGN = 11;
/** The most characters of a row. */
const LONGEST = 28;
const CHAR = (WIDTH - LEFT - SIGN) / LONGEST;

export function CodePicture({ picture }: { readonly picture: CodePictureView }) {
  const { rows, jumps, refused } = picture;
  const { list } = inLanes(jumps.map((jump) => ({ ...jump, fromLine: jump.from, toLine: jump.to })));
  const pitch = Math.min(WIDEST_PITCH, (HEIGHT - 2 * PADDING) / Math.max(1, rows.length));
  const bar = pitch * 0.55;
  const top = (HEIGHT - pitch * rows.length) / 2;
  const middle = (row: number): number => top + (row + 0.5) * pitch;
  const head = Math.min(2.2, pitch / 2);
  return (
    <svg className="picture" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {refused >= 0 && (
        <rect className="picture__refused" y={middle(refused) - pitch / 2} width={WIDTH} height={pitch} />
      )}
      {list.map(({ from, to, lane, kind }) => {
        const x = LEFT - 5 - LANE * (lane + 1);
        const y = middle(to);
        return (
          <g key={`${from} ${to}`} className="picture__jump" data-kind={kind}>
            <path d={`M${LEFT - 2} ${middle(from)}H${x}V${y}H${LEFT - 4}`} />
            <path
              className="picture__head"
              d={`M${LEFT - 5} ${y - head}L${LEFT - 1.5} ${y}L${LEFT - 5} ${y + head}Z`}
            />
          </g>
        );
      })}
      {rows.map(({ kind, words }, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
        <g key={row} className="picture__row" data-kind={kind} data-refused={row === refused || undefined}>
          {placed(words).map(([from, length]) => (
            <rect
              key={from}
              x={LEFT + from * CHAR}
              y={middle(row) - bar / 2}
              width={length * CHAR}
              height={bar}
              rx={bar / 4}
            />
          ))}
        </g>
      ))}
      {refused >= 0 && <path className="picture__sign" d={`M${WIDTH - 9} ${middle(refused) - 2.5}l5 5m0-5l-5 5`} />}
    </svg>
  );
}

/** Where each word begins and how long it is, in characters. A word that does not fit into the row is cut. */
function placed(words: readonly number[]): [from: number, length: number][] {
  let at = 0;
  return words.flatMap((length): [number, number][] => {
    const from = at;
    at += length + 1;
    return from < LONGEST ? [[from, Math.min(length, LONGEST - from)]] : [];
  });
}
