// The stack, eight bytes a row, only where the run has written; and what else of memory the last step changed.
import type { StackRowView, StepView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { useSettings } from "../../stores/settings.ts";
import { formatValue } from "./numbers.ts";

export function Stack({ view }: { readonly view: StepView | null }) {
  const text = useText();
  const base = useSettings((s) => s.base);
  const rows = view?.stack ?? [];
  const elsewhere = view?.memory.filter((change) => change.region !== "stack") ?? [];
  return (
    <>
      <h3 className="machine-pane__part">{text.machine.stack}</h3>
      {rows.length === 0 && <p className="hint machine-pane__note">{text.machine.noStack}</p>}
      {rows.length > 0 && (
        <table className="stack">
          <caption className="visually-hidden">{text.machine.stack}</caption>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.frame} ${row.off}`} data-written={row.changed !== 0 || undefined}>
                <th scope="row">
                  fp{row.off}
                  {row.frame > 0 && <span className="stack__frame"> {text.machine.frame(row.frame)}</span>}
                </th>
                <td>
                  <Bytes row={row} unknown={text.machine.unknown} />
                </td>
                <td className="stack__value">{row.used === 0xff && <code>{formatValue(row.value, base)}</code>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {elsewhere.length > 0 && (
        <>
          <h3 className="machine-pane__part">{text.machine.memory}</h3>
          <table className="stack">
            <tbody>
              {elsewhere.map((change) => (
                <tr key={change.address} data-written="true">
                  <th scope="row">
                    {change.region}+{change.off}
                  </th>
                  <td>
                    <code>
                      {change.old} → {change.new}
                    </code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}

function Bytes({ row, unknown }: { readonly row: StackRowView; readonly unknown: string }) {
  return (
    <code className="bytes">
      {[0, 1, 2, 3, 4, 5, 6, 7].map((i) => {
        const used = ((row.used >> i) & 1) === 1;
        return (
          <span
            key={i}
            className="bytes__one"
            data-written={((row.changed >> i) & 1) === 1 || undefined}
            data-unknown={!used || undefined}
            title={used ? undefined : unknown}
          >
            {used ? row.bytes.slice(2 * i, 2 * i + 2) : "··"}
          </span>
        );
      })}
    </code>
  );
}
