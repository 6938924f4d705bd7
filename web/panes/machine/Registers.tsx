// R0 … R10: the value, the value before the last step, and marks for read, written and never set.
import { History } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import type { BeliefView } from "../../../engine/index.ts";
import { useMachineTexts } from "../../i18n/machine.ts";
import { useBeliefs } from "../../stores/run/beliefs.ts";
import { useBreakpoints } from "../../stores/run/breakpoints.ts";
import { seenStep, useMachine } from "../../stores/run/machine.ts";
import { lastWrite } from "../../stores/run/travel.ts";
import { formatValue, hexParts } from "./format.ts";
import { useBase } from "./numbers.ts";
import { useRovingFocus } from "./roving-focus.ts";
import { menuOf } from "./value-menu.ts";

const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
const NAMES = NUMBERS.map((n) => `R${n}`);
const ZERO = "0".repeat(16);

export function Registers() {
  const words = useMachineTexts();
  const view = useMachine((s) => s.view);
  // The registers set before the last step: one that the step set first had no value before.
  const before = useMachine((s) =>
    s.view && s.position > 0 ? (seenStep(s.position - 1)?.regsSet ?? s.view.regsSet) : 0,
  );
  const beliefs = useBeliefs((s) => s.visit?.before.regs);
  const watches = useBreakpoints((s) => s.watches);
  const rove = useRovingFocus(NAMES);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (view?.written) showWritten(place.current);
  }, [view]);
  return (
    <div ref={place} className="registers-place">
      <table className="registers">
        <caption className="visually-hidden">{words.registers}</caption>
        <tbody>
          {NUMBERS.map((n) => (
            <Register
              key={n}
              n={n}
              value={view?.regs[n] ?? ZERO}
              old={(before >> n) & 1 ? (view?.changed.find((c) => c.reg === n)?.old ?? "") : ""}
              written={view !== null && ((view.written >> n) & 1) === 1}
              read={view !== null && ((view.reads >> n) & 1) === 1}
              state={view === null ? "none" : (view.regsSet >> n) & 1 ? "set" : "unknown"}
              belief={beliefs?.[n] ?? null}
              watched={watches.some((watch) => "reg" in watch && watch.reg === n)}
              rove={rove}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** While the registers are shown, scrolls to the one that the last step wrote. */
function showWritten(place: HTMLElement | null): void {
  const scroller = place?.parentElement;
  const row = place?.querySelector("[data-written]");
  if (!scroller || !row || scroller.scrollTop > (place?.offsetHeight ?? 0)) return;
  row.scrollIntoView({ block: "nearest" });
}

interface Row {
  readonly n: number;
  readonly value: string;
  /** Value before the last step. "": it did not change. */
  readonly old: string;
  readonly written: boolean;
  readonly read: boolean;
  readonly state: "none" | "unknown" | "set";
  readonly belief: BeliefView | null;
  readonly watched: boolean;
  readonly rove: ReturnType<typeof useRovingFocus>;
}

/**
 * Draws a row again only if its values changed. The function for moving between rows is new each time but does the same, so it is not
 * compared.
 */
const isSame = (a: Row, b: Row): boolean =>
  a.value === b.value &&
  a.old === b.old &&
  a.written === b.written &&
  a.read === b.read &&
  a.state === b.state &&
  a.belief === b.belief &&
  a.watched === b.watched &&
  a.rove(`R${a.n}`, { reg: a.n }).tabIndex === b.rove(`R${b.n}`, { reg: b.n }).tabIndex;

const Register = memo(({ n, value, old, written, read, state, belief, watched, rove }: Row) => {
  const words = useMachineTexts();
  const name = `R${n}`;
  const base = useBase(name);
  const target = { reg: n };
  return (
    <tr
      className="register"
      data-written={written || undefined}
      data-read={read || undefined}
      data-unknown={state === "set" ? undefined : true}
      data-watched={watched || undefined}
    >
      <th scope="row" className="register__name">
        <button type="button" className="value-name" {...menuOf({ name, hex: value, target })} {...rove(name, target)}>
          {name}
        </button>
      </th>
      <td className="register__role" title={belief?.text}>
        {belief ? (
          <code className="register__belief" lang="en">
            <span className="visually-hidden">{words.belief} </span>
            {belief.text}
          </code>
        ) : (
          words.roles[n]
        )}
      </td>
      <td className="register__marks">
        <LastWrite name={name} act={() => void lastWrite(target)} />
        {written && <span className="mark mark--written" title={words.written} />}
        {written && <span className="visually-hidden">{words.written}</span>}
        {read && <span className="mark mark--read" title={words.read} />}
        {read && <span className="visually-hidden">{words.read}</span>}
      </td>
      <td className="register__old">
        {old !== "" && base !== "binary" && (
          <>
            <code>{formatValue(old, base)}</code>
            <span aria-hidden="true"> → </span>
            <span className="visually-hidden"> {words.becomes} </span>
          </>
        )}
      </td>
      <td className="register__value" data-testid={`reg-r${n}`} data-value={value} data-base={base}>
        {state !== "set" ? (
          <span className="register__unknown" title={words.unknown}>
            {state === "unknown" && <span className="visually-hidden">{words.unknown}</span>}
          </span>
        ) : base === "hex" ? (
          <HexValue hex={value} />
        ) : (
          <code>{formatValue(value, base)}</code>
        )}
      </td>
    </tr>
  );
}, isSame);

function HexValue({ hex }: { readonly hex: string }) {
  const { zeros, digits } = hexParts(hex);
  return (
    <code>
      <span className="register__zeros">{zeros}</span>
      {digits}
    </code>
  );
}

/** Visible while the pointer is on its row. The keyboard has W and the menu. */
export function LastWrite({ name, act }: { readonly name: string; readonly act: () => void }) {
  const words = useMachineTexts();
  const label = words.value.lastWriteOf(name);
  return (
    <button type="button" className="last-write" tabIndex={-1} aria-label={label} title={`${label} (W)`} onClick={act}>
      <History size={14} aria-hidden="true" />
    </button>
  );
}
