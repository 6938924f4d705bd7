// The place of the machine. Its contents load after the shell, while the engine starts.
import { lazy, Suspense } from "react";
import { useText } from "../../i18n/index.ts";
import { PaneTools } from "../../ui/PaneTools.tsx";

const loading = import("./Machine.tsx");
const Machine = lazy(() => loading);

/** `phone`: it fills the page, and shows the program too. */
export function MachinePane({ phone = false }: { readonly phone?: boolean }) {
  return (
    <Suspense fallback={<Place />}>
      <Machine phone={phone} />
    </Suspense>
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
