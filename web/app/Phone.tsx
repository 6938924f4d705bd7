// One pane at a time, with the verdict always in sight on the tabs.
import { Ban, CircleCheck, Code, Cpu, ScrollText, Terminal, TriangleAlert } from "lucide-react";
import { useText } from "../i18n/index.ts";
import { EditorPane } from "../panes/editor/EditorPane.tsx";
import { KernelPane } from "../panes/kernel/KernelPane.tsx";
import { MachinePane } from "../panes/machine/MachinePane.tsx";
import { VerifierPane } from "../panes/verifier/VerifierPane.tsx";
import { type FocusState, showTab, useFocus } from "../stores/focus.ts";
import { useVerdict } from "../stores/verdict.ts";
import { Lesson } from "./Lesson.tsx";

const TABS = [
  ["editor", Code],
  ["verifier", ScrollText],
  ["machine", Cpu],
  ["kernel", Terminal],
] as const satisfies readonly (readonly [FocusState["tab"], typeof Code])[];

const BADGE = { accept: CircleCheck, reject: Ban, error: TriangleAlert } as const;

export function Phone() {
  const text = useText();
  const tab = useFocus((s) => s.tab);
  const verdict = useVerdict((s) => s.check?.verdict);
  const Badge = verdict && BADGE[verdict];
  return (
    <div className="phone">
      {/* All four stay in the document: a tab hides a pane, it does not forget it. */}
      {TABS.map(([name]) => (
        <div
          key={name}
          className="phone__pane"
          id={`pane-${name}`}
          role="tabpanel"
          aria-labelledby={`tab-${name}`}
          hidden={tab !== name}
        >
          {name === "editor" && (
            <>
              <Lesson />
              <EditorPane phone />
            </>
          )}
          {name === "verifier" && <VerifierPane />}
          {name === "machine" && <MachinePane />}
          {name === "kernel" && <KernelPane />}
        </div>
      ))}
      <div className="tabs" role="tablist" aria-label={text.title} onKeyDown={arrows}>
        {TABS.map(([name, Icon]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            className="tabs__one"
            aria-selected={tab === name}
            aria-controls={`pane-${name}`}
            tabIndex={tab === name ? 0 : -1}
            onClick={() => showTab(name)}
          >
            {name === "verifier" && Badge ? (
              <Badge size={19} className="tabs__badge" data-verdict-kind={verdict} aria-hidden="true" />
            ) : (
              <Icon size={19} aria-hidden="true" />
            )}
            {name === "verifier" && verdict ? text.verdict[verdict] : text.panes[name]}
          </button>
        ))}
      </div>
    </div>
  );
}

function arrows(event: { readonly key: string; preventDefault(): void }): void {
  const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (by === 0) return;
  event.preventDefault();
  const names = TABS.map(([name]) => name);
  const next = names[(names.indexOf(useFocus.getState().tab) + by + names.length) % names.length] as FocusState["tab"];
  showTab(next);
  requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus());
}
