// R0 … R10: value, what it was before the last step, and marks for read, written and never set.
import type { StepView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { useBeliefs } from "../../stores/beliefs.ts";
import { type NumberBase, useSettings } from "../../stores/settings.ts";
import { formatValue, hexParts } from "./numbers.ts";

const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
const ZERO = "0".repeat(16);

export function Registers({
  view,
  firstSet,
}: {
  readonly view: StepView | null;
  readonly firstSet: readonly number[];
}) {
  const text = useText();
  const base = useSettings((s) => s.base);
  const beliefs = useBeliefs((s) => s.regs);
  return (
    <table className="registers" data-base={base}>
      <caption className="visually-hidden">{text.machine.registers}</caption>
      <tbody>
        {NUMBERS.map((n) => {
          const value = view?.regs[n] ?? ZERO;
          const change = view?.changed.find((c) => c.reg === n);
          const written = view !== null && ((view.written >> n) & 1) === 1;
          const unknown = view === null || view.step < (firstSet[n] ?? 0);
          const read = view !== null && ((view.reads >> n) & 1) === 1;
          return (
            <tr
              key={n}
              className="register"
              data-written={written || undefined}
              data-read={read || undefined}
              data-unknown={unknown || undefined}
            >
              <th scope="row" className="register__name">
                R{n}
              </th>
              <td className="register__role" title={beliefs?.[n]?.text}>
                {beliefs?.[n] ? (
                  <code className="register__belief" lang="en">
                    <span className="visually-hidden">{text.machine.belief} </span>
                    {beliefs[n].text}
                  </code>
                ) : (
                  text.machine.roles[n]
                )}
              </td>
              <td className="register__marks">
                {written && <span className="mark mark--written" title={text.machine.written} />}
                {written && <span className="visually-hidden">{text.machine.written}</span>}
                {read && <span className="mark mark--read" title={text.machine.read} />}
                {read && <span className="visually-hidden">{text.machine.read}</span>}
              </td>
              <td className="register__old">
                {change && (
                  <>
                    <code>{formatValue(change.old, base)}</code>
                    <span aria-hidden="true"> → </span>
                    <span className="visually-hidden"> {text.machine.becomes} </span>
                  </>
                )}
              </td>
              <td className="register__value" data-testid={`reg-r${n}`} data-value={value}>
                {unknown ? (
                  <span className="register__unknown">{view && text.machine.unknown}</span>
                ) : (
                  <Value hex={value} base={base} />
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Value({ hex, base }: { readonly hex: string; readonly base: NumberBase }) {
  if (base !== "hex") return <code>{formatValue(hex, base)}</code>;
  const { zeros, digits } = hexParts(hex);
  return (
    <code>
      <span className="register__zeros">{zeros}</span>
      {digits}
    </code>
  );
}
