// The list of keys: those of the page's commands, and those of the editor and the timeline.
import type { Texts } from "../../engine/index.ts";
import { useMenuTexts } from "../i18n/menu.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { Sheet } from "../ui/Sheet.tsx";
import { COMMANDS, GROUPS } from "./commands.ts";
import { Keys } from "./Keys.tsx";
import "./keys.css";

const GROUP_WORDS: Readonly<Record<(typeof GROUPS)[number], Texts>> = {
  run: { en: "Running and stepping", ja: "実行とステップ" },
  program: { en: "The program", ja: "プログラム" },
  view: { en: "What is in sight", ja: "表示" },
  share: { en: "Sharing", ja: "共有" },
  learn: { en: "Lessons and presenting", ja: "レッスンと発表" },
  page: { en: "The page", ja: "ページ" },
};

/** Keys that do not belong to commands of the page. */
const OTHERS: readonly {
  readonly group: (typeof GROUPS)[number];
  readonly keys: readonly string[];
  readonly words: Texts;
}[] = [
  {
    group: "run",
    keys: ["Home", "End"],
    words: { en: "Start and end of the run (on the timeline)", ja: "実行の最初と最後 (タイムライン上で)" },
  },
  { group: "program", keys: ["F1"], words: { en: "Commands of the editor", ja: "エディタのコマンド" } },
  { group: "program", keys: ["Escape", "Tab"], words: { en: "Leave the editor", ja: "エディタから出る" } },
];

export default function KeysSheet() {
  const text = useMenuTexts();
  const language = useSettings((s) => s.language);
  const rows = [...COMMANDS, ...OTHERS].filter((row) => row.keys?.length);
  return (
    <Sheet title={text.keys} closeLabel={text.closeKeys} className="keys-sheet" onClose={closeDialog}>
      <div className="keys">
        {GROUPS.map((group) => {
          const here = rows.filter((row) => row.group === group);
          return (
            here.length > 0 && (
              <table key={group} className="keys__group">
                <caption>{GROUP_WORDS[group][language]}</caption>
                <tbody>
                  {here.map((row) => (
                    <tr key={row.words.en}>
                      <th scope="row">
                        <Keys names={row.keys ?? []} />
                      </th>
                      <td>{row.words[language]}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          );
        })}
      </div>
    </Sheet>
  );
}
