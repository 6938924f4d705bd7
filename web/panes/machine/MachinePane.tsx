// The place of the machine. Its contents load after the shell, while the engine starts.
import { lazy } from "react";
import { useText } from "../../i18n/index.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { PaneTools } from "../../ui/PaneTools.tsx";

const loading = import("./Machine.tsx");
const Machine = lazy(() => loading);

/** `phone`: it fills the page, and shows the program too. */
export function MachinePane({ phone = false }: { readonly phone?: boolean }) {
  return (
    <LazyPart fallback={<Place />}>
      <Machine phone={phone} />
    </LazyPart>
  );
}

function Place() {
  const text = useText();
  return (
    <section className="pane machine-pane" aria-label={text.panes.machine}>
      <header className="pane__head">
        <h2 className="pane__title">{text.panes.machine}</h2>
        <span className="spacer" />
        <PaneTools pane="machine" />
      </header>
    </section>
  );
}
