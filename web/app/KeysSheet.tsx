// The list of keys.
import { useText } from "../i18n/index.ts";
import { closeDialog } from "../stores/dialog.ts";
import { Sheet } from "../ui/Sheet.tsx";

export default function KeysSheet() {
  const { keys } = useText();
  const rows = [
    ["Ctrl Enter", keys.run],
    ["F10", keys.step],
    ["Alt F10", keys.stepBack],
    ["Home End", keys.ends],
    ["F8", keys.problem],
    ["Ctrl S", keys.copyLink],
    ["Alt P", keys.present],
    ["PageDown PageUp", keys.slides],
    ["F1", keys.palette],
    ["Esc Tab", keys.leave],
    ["?", keys.sheet],
  ] as const;
  return (
    <Sheet title={keys.title} closeLabel={keys.close} onClose={closeDialog}>
      <table className="keys">
        <tbody>
          {rows.map(([combination, what]) => (
            <tr key={what}>
              <th scope="row">
                {combination.split(" ").map((key) => (
                  <kbd key={key} className="kbd">
                    {key}
                  </kbd>
                ))}
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sheet>
  );
}
