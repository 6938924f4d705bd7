// Keys that work everywhere on the page, in the editor too: finds the command of a pressed combination.
import { useSettings } from "../stores/page/settings.ts";
import { keyName } from "./combination.ts";
import { COMMANDS, type Command } from "./commands.ts";

const BOUND = new Map<string, Command[]>();
for (const command of COMMANDS)
  for (const name of command.keys ?? []) BOUND.set(name, [...(BOUND.get(name) ?? []), command]);

/** Listens in the capture phase, before the editor's own keys. */
export function listenToKeys(): void {
  window.addEventListener(
    "keydown",
    (event) => {
      const command = BOUND.get(keyName(event))?.find((one) => holds(one, event));
      if (!command || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      void command.act();
    },
    { capture: true },
  );
}

function holds({ where, when, group }: Command, { target, key }: KeyboardEvent): boolean {
  if (when && !when()) return false;
  // Behind a modal sheet no command may act, but the sheet's own key still closes it.
  if (group !== "page" && document.querySelector("dialog:modal")) return false;
  if (where === undefined) return true;
  if (where === "program") return !isText(target) || isProgramText(target) || target instanceof HTMLSelectElement;
  if (where === "presenting") return useSettings.getState().present && (!isText(target) || key.startsWith("Page"));
  return !isText(target);
}

/** The text of the program and its input. Other fields have their own undo. */
const isProgramText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest("[data-testid=editor], [data-testid=sysfs-input], [data-undo=program]") !== null &&
  target.closest(".find-widget, .rename-box, .quick-input-widget") === null;

const isText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, input:not([type=range], [type=radio], [type=checkbox]), select, [role=textbox]"));
