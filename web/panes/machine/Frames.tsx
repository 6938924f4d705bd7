// The stack, one block per active call: the innermost is open, the others show the registers saved for them.
import type { AccessView, FrameView, StackRowView } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { lastWrite } from "../../stores/run/travel.ts";
import { formatValue } from "./format.ts";
import { useBase } from "./numbers.ts";
import { LastWrite } from "./Registers.tsx";
import { useRovingFocus } from "./roving-focus.ts";
import { menuOf } from "./value-menu.ts";

const ROW = 8;
/** Registers that a called function must preserve. */
const KEPT = [6, 7, 8, 9];

const nameOf = ({ frame, off }: StackRowView): string => `fp${off}${frame > 0 ? ` (${frame})` : ""}`;

export function Frames() {
  const words = useMachineTexts();
  const view = useMachine((s) => s.view);
  const frames = view?.frames ?? [];
  const stack = view?.stack ?? [];
  const rove = useRovingFocus(
    [...frames].reverse().flatMap(({ depth }) => stack.filter((row) => row.frame === depth).map(nameOf)),
  );
  const rows = (depth: number) => {
    const own = stack.filter(({ frame }) => frame === depth);
    return own.length > 0 && <Rows rows={own} access={view?.access ?? null} rove={rove} />;
  };
  if (frames.length < 2)
    return (
      <>
        <h3 className="machine-pane__part">{words.stack}</h3>
        {stack.length === 0 ? <p className="hint machine-pane__note">{words.noStack}</p> : rows(0)}
      </>
    );
  return (
    <div className="frames">
      <h3 className="machine-pane__part">{words.stack}</h3>
      {[...frames].reverse().map((frame) => {
        const isInner = frame.depth === frames.length - 1;
        return (
          <details
            key={`${frame.depth} ${isInner}`}
            className="frame"
            open={isInner}
            data-current={isInner || undefined}
          >
            <summary className="frame__title">
              <strong>{frame.depth === 0 ? words.outermost : words.frame(frame.depth)}</strong>
              {frame.callback && <span className="hint">{words.callback}</span>}
              <span className="hint">{isInner ? words.frameAt(frame.slot) : words.callsAt(frame.slot)}</span>
              <code className="frame__top">R10 = {formatValue(frame.top, "hex")}</code>
            </summary>
            {!isInner && <Saved frame={frame} />}
            {rows(frame.depth)}
          </details>
        );
      })}
    </div>
  );
}

function Saved({ frame }: { readonly frame: FrameView }) {
  const words = useMachineTexts();
  return (
    <dl className="frame__saved" aria-label={words.kept} title={words.kept}>
      {KEPT.map((reg, i) => (
        <div key={reg}>
          <dt>R{reg}</dt>
          <dd>
            <SavedValue name={`R${reg}`} hex={frame.saved[i] ?? ""} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function SavedValue({ name, hex }: { readonly name: string; readonly hex: string }) {
  const base = useBase(name);
  return <code>{formatValue(hex, base)}</code>;
}

interface RowsProps {
  readonly rows: readonly StackRowView[];
  readonly access: AccessView | null;
  readonly rove: ReturnType<typeof useRovingFocus>;
}

function Rows({ rows, access, rove }: RowsProps) {
  const words = useMachineTexts();
  return (
    <table className="stack">
      <caption className="visually-hidden">{words.stack}</caption>
      <tbody>
        {rows.map((row) => (
          <Row key={row.off} row={row} reads={readsOf(row.address, access)} rove={rove} />
        ))}
      </tbody>
    </table>
  );
}

/** Bits of the row's bytes that the next instruction reads. */
function readsOf(address: string, access: AccessView | null): number {
  if (!access?.read || access.region !== "stack") return 0;
  const from = Number(BigInt(`0x${access.address}`) - BigInt(`0x${address}`));
  let mask = 0;
  for (let i = 0; i < ROW; i++) if (i >= from && i < from + access.size) mask |= 1 << i;
  return mask;
}

function Row({ row, reads, rove }: { readonly row: StackRowView; readonly reads: number } & Pick<RowsProps, "rove">) {
  const words = useMachineTexts();
  const name = nameOf(row);
  const base = useBase(name);
  const target = { address: row.address, size: ROW };
  return (
    <tr data-written={row.changed !== 0 || undefined} data-read={reads !== 0 || undefined} data-place={row.address}>
      <th scope="row">
        <button
          type="button"
          className="value-name"
          {...menuOf({ name, hex: row.value, target })}
          {...rove(name, target)}
        >
          fp{row.off}
        </button>
      </th>
      <td className="stack__marks">
        <LastWrite name={name} act={() => void lastWrite(target)} />
        {row.changed !== 0 && <span className="mark mark--written" title={words.written} />}
        {reads !== 0 && <span className="mark mark--read" title={words.read} />}
      </td>
      <td>
        <code className="bytes">
          {[0, 1, 2, 3, 4, 5, 6, 7].map((i) => (
            <Byte
              key={i}
              hex={row.bytes.slice(2 * i, 2 * i + 2)}
              known={((row.used >> i) & 1) === 1}
              written={((row.changed >> i) & 1) === 1}
              read={((reads >> i) & 1) === 1}
            />
          ))}
        </code>
      </td>
      <td className="stack__value">{row.used === 0xff && <code>{formatValue(row.value, base)}</code>}</td>
    </tr>
  );
}

interface ByteProps {
  readonly hex: string;
  readonly known: boolean;
  readonly written: boolean;
  readonly read: boolean;
}

function Byte({ hex, known, written, read }: ByteProps) {
  const words = useMachineTexts();
  return (
    <span
      className="bytes__one"
      data-written={written || undefined}
      data-read={read || undefined}
      data-unknown={!known || undefined}
      title={known ? undefined : words.unknown}
    >
      {known ? hex : "··"}
    </span>
  );
}
