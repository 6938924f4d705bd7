// One pane at a time, with the verdict always visible on the tabs.
import { Ban, CircleCheck, Code, Cpu, GraduationCap, ScrollText, Terminal, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useText } from "../i18n/index.ts";
import { EditorPane } from "../panes/editor/EditorPane.tsx";
import { KernelPane } from "../panes/kernel/KernelPane.tsx";
import { MachinePane } from "../panes/machine/MachinePane.tsx";
import { VerifierPane } from "../panes/verifier/VerifierPane.tsx";
import { useVerdict } from "../stores/check/verdict.ts";
import { showLesson, showTab, useFocus } from "../stores/page/focus.ts";
import { PANES, type Pane } from "../stores/page/layout.ts";
import { Lesson, useHasLesson } from "./Lesson.tsx";

const ICONS: Readonly<Record<Pane, typeof Code>> = {
  editor: Code,
  verifier: ScrollText,
  machine: Cpu,
  kernel: Terminal,
};
const MAKE: Readonly<Record<Pane, ReactNode>> = {
  editor: <EditorPane phone />,
  verifier: <VerifierPane />,
  machine: <MachinePane phone />,
  kernel: <KernelPane phone />,
};

const BADGE = { accept: CircleCheck, reject: Ban, error: TriangleAlert } as const;

export function Phone() {
  const text = useText();
  const tab = useFocus((s) => s.tab);
  const hasLesson = useHasLesson();
  const lesson = useFocus((s) => s.showsLesson) && hasLesson;
  const verdict = useVerdict((s) => s.check?.verdict);
  const Badge = verdict && BADGE[verdict];
  return (
    <div className="phone">
      {/* All panes stay in the document. A tab only hides a pane, so nothing in it is lost. */}
      {PANES.map((name) => (
        <div
          key={name}
          className="phone__pane"
          id={`pane-${name}`}
          role="tabpanel"
          aria-labelledby={`tab-${name}`}
          hidden={lesson || tab !== name}
        >
          {MAKE[name]}
        </div>
      ))}
      {hasLesson && (
        <div className="phone__pane" id="pane-lesson" role="tabpanel" aria-labelledby="tab-lesson" hidden={!lesson}>
          <Lesson phone />
        </div>
      )}
      <div
        className="tabs"
        data-five={hasLesson || undefined}
        role="tablist"
        aria-label={text.title}
        onKeyDown={arrows}
      >
        {hasLesson && (
          <button
            type="button"
            role="tab"
            id="tab-lesson"
            className="tabs__one"
            aria-selected={lesson}
            aria-controls="pane-lesson"
            tabIndex={lesson ? 0 : -1}
            onClick={showLesson}
          >
            <GraduationCap size={19} aria-hidden="true" />
            {text.panes.lesson}
          </button>
        )}
        {PANES.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            className="tabs__one"
            aria-selected={!lesson && tab === name}
            aria-controls={`pane-${name}`}
            tabIndex={!lesson && tab === name ? 0 : -1}
            onClick={() => showTab(name)}
          >
            {name === "verifier" && Badge ? (
              <Badge size={19} className="tabs__badge" data-verdict-kind={verdict} aria-hidden="true" />
            ) : (
              <PaneIcon of={ICONS[name]} />
            )}
            {name === "verifier" && verdict ? text.verdict[verdict] : text.panes[name]}
          </button>
        ))}
      </div>
    </div>
  );
}

const PaneIcon = ({ of: Icon }: { readonly of: typeof Code }) => <Icon size={19} aria-hidden="true" />;

function arrows(event: { readonly key: string; preventDefault(): void }): void {
  const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (by === 0) return;
  event.preventDefault();
  const { showsLesson, tab } = useFocus.getState();
  const names = [...(document.getElementById("tab-lesson") ? ["lesson"] : []), ...PANES];
  const next = names[(names.indexOf(showsLesson ? "lesson" : tab) + by + names.length) % names.length] as string;
  if (next === "lesson") showLesson();
  else showTab(next as Pane);
  requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus());
}
