// Every instruction that writes or reads a register, as a list below the program. The editor marks the same places.
import { ChevronDown, ChevronUp, X } from "lucide-react";
import type { MouseEventHandler } from "react";
import { useEditorTexts } from "../../i18n/editor.ts";
import {
  endSearch,
  findRegister,
  nextPlace,
  placesOf,
  showPlace,
  useRegisterSearch,
} from "../../stores/check/register-search.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { focusEditor } from "../../ui/focus-editor.ts";
import { RegisterSelect } from "../../ui/RegisterSelect.tsx";
import "./editor-menu.css";

/** The focus goes to the editor, as the bar goes with what had it. */
function close(): void {
  endSearch();
  focusEditor();
}

export default function RegisterBar() {
  const text = useEditorTexts();
  const check = useVerdict((s) => s.check);
  const { reg, shownSlot } = useRegisterSearch();
  const places = placesOf(check, reg);
  const position = places.findIndex(({ slot }) => slot.slot === shownSlot) + 1;
  const tool = (label: string, Icon: typeof X, act: MouseEventHandler) => (
    <button type="button" className="button button--quiet button--icon" aria-label={label} title={label} onClick={act}>
      <Icon size={14} aria-hidden="true" />
    </button>
  );
  const sign = (use: "writes" | "reads", on: boolean) => (
    <span className={on ? "use-sign" : undefined} data-use={use}>
      {on ? text[use] : ""}
    </span>
  );
  return (
    <section
      className="register-bar"
      aria-label={text.uses}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <div className="register-bar__head">
        <RegisterSelect label={text.register} value={reg} onChoose={findRegister} />
        <span role="status">{places.length === 0 ? text.none(`R${reg}`) : text.place(position, places.length)}</span>
        <span className="spacer" />
        {tool(text.previous, ChevronUp, () => nextPlace(-1))}
        {tool(text.next, ChevronDown, () => nextPlace(1))}
        {/* A finger does not need the focus: it would bring up the keyboard of a phone. */}
        {tool(text.close, X, ({ detail }) => (detail === 0 ? close() : endSearch()))}
      </div>
      {places.length > 0 && (
        <ul className="register-bar__list">
          {places.map(({ slot, reads, writes }) => (
            <li key={slot.slot}>
              <button
                type="button"
                className="register-bar__place"
                aria-current={slot.slot === shownSlot || undefined}
                onClick={() => showPlace(slot.slot)}
              >
                <span>{slot.slot}</span>
                {sign("writes", writes)}
                {sign("reads", reads)}
                <code>{slot.text}</code>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
