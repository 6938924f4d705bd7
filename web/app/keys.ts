// Keys that work everywhere on the page, in the editor too. Names are KeyboardEvent.key.
import { copyText, makeLink } from "../links/share.ts";
import { closeDialog, openDialog, useDialog } from "../stores/dialog.ts";
import { nextProblem } from "../stores/focus.ts";
import { runAll } from "../stores/kernel.ts";
import { moveBy, moveTo, moveToEnd } from "../stores/machine.ts";
import { useSettings } from "../stores/settings.ts";

const togglePresent = (): void => useSettings.setState((s) => ({ present: !s.present }));

/** `C-` Ctrl or Command, `A-` Alt, then the key. */
const GLOBAL: Readonly<Record<string, () => void>> = {
  "C-Enter": () => void runAll().then((ok) => ok || nextProblem()),
  F10: () => void moveBy(1),
  "A-F10": () => void moveBy(-1),
  F8: nextProblem,
  "C-s": () => {
    openDialog("share");
    void makeLink(true).then(copyText);
  },
  "A-p": togglePresent,
};

/** Only where no text is being written. */
const OUTSIDE_TEXT: Readonly<Record<string, () => void>> = {
  "?": () => (useDialog.getState().open === "keys" ? closeDialog() : openDialog("keys")),
};

/** While presenting: what a slide clicker sends. */
const PRESENTING: Readonly<Record<string, () => void>> = {
  PageDown: () => void moveBy(1),
  PageUp: () => void moveBy(-1),
  Home: () => void moveTo(0),
  End: () => void moveToEnd(),
  Escape: () => useSettings.setState({ present: false }),
};

/** Listens in the capture phase, ahead of the editor's own keys. */
export function listenToKeys(): void {
  window.addEventListener(
    "keydown",
    (event) => {
      const name = `${event.ctrlKey || event.metaKey ? "C-" : ""}${event.altKey ? "A-" : ""}${event.key}`;
      const writing = isText(event.target);
      const act =
        GLOBAL[name] ??
        (useSettings.getState().present && (!writing || name.startsWith("Page")) ? PRESENTING[name] : undefined) ??
        (writing ? undefined : OUTSIDE_TEXT[name]);
      if (!act || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
    { capture: true },
  );
}

const isText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("textarea, input:not([type=range], [type=radio], [type=checkbox]), select, [role=textbox]"));
