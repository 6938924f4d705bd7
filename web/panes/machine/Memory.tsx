// Other memory that the last step changed: context, packet, map values.
import { useMachineTexts } from "../../i18n/machine.ts";
import { useMachine } from "../../stores/run/machine.ts";

export function Memory() {
  const words = useMachineTexts();
  const changes = useMachine((s) => s.view?.memory);
  const elsewhere = changes?.filter(({ region }) => !region.startsWith("stack")) ?? [];
  if (elsewhere.length === 0) return null;
  return (
    <>
      <h3 className="machine-pane__part">{words.memory}</h3>
      <table className="stack">
        <tbody>
          {elsewhere.map((change) => (
            <tr key={change.address} data-written="true" data-place={change.address}>
              <th scope="row">
                <span className="mark mark--written" title={words.written} /> {change.region}+{change.off}
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
  );
}
