// What the verifier believed at the cursor's instruction: each register and stack slot before and after it, as the kernel
// writes it and drawn, with the value of the run inside. An instruction that was walked several times has several visits.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { BeliefView, CheckView, StepView, VisitView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { engine } from "../../stores/engine.ts";
import { useFocus } from "../../stores/focus.ts";
import { useMachine } from "../../stores/machine.ts";
import { useVerdict } from "../../stores/verdict.ts";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { Drawing } from "./Drawing.tsx";

/** Visits fetched of one instruction. */
const LIMIT = 200;

/** `views`: the control that chooses between this and the other views. */
export default function Beliefs({ views }: { readonly views: ReactNode }) {
  const text = useText();
  const check = useVerdict((s) => s.check);
  const line = useFocus((s) => s.line);
  const view = useMachine((s) => s.view);
  const slot = slotAt(check, line, view);
  const visits = useVisits(check, slot);
  const [chosen, choose] = useState({ slot: -1, visit: 0 });
  const index = chosen.slot === slot ? Math.min(chosen.visit, visits.length - 1) : 0;
  const visit = visits[index];
  const insn = check?.slots.find((s) => s.slot === slot);
  const go = (by: number): void => choose({ slot, visit: index + by });

  return (
    <div className="beliefs">
      <header className="log__head">
        {views}
        <h3 className="pane__title beliefs__insn">
          {insn ? (
            <code>
              {slot}: {insn.text}
            </code>
          ) : (
            text.beliefs.title
          )}
        </h3>
        <span className="spacer" />
        {visits.length > 1 && (
          <>
            <button
              type="button"
              className="button button--quiet button--icon"
              aria-label={text.beliefs.previous}
              disabled={index === 0}
              onClick={() => go(-1)}
            >
              <ChevronLeft size={16} aria-hidden="true" />
            </button>
            <span className="hint">{text.beliefs.visit(index + 1, visits.length)}</span>
            <button
              type="button"
              className="button button--quiet button--icon"
              aria-label={text.beliefs.next}
              disabled={index + 1 >= visits.length}
              onClick={() => go(1)}
            >
              <ChevronRight size={16} aria-hidden="true" />
            </button>
          </>
        )}
      </header>
      <ScrollRegion className="beliefs__body" aria-label={text.beliefs.title}>
        {visit ? (
          <Table visit={visit} now={view?.slot === slot ? view : null} />
        ) : (
          <p className="hint beliefs__empty">{insn ? text.beliefs.never : text.beliefs.empty}</p>
        )}
      </ScrollRegion>
    </div>
  );
}

/** The instruction on the cursor's line; where the line has none, the one about to run. */
function slotAt(check: CheckView | null, line: number, view: StepView | null): number {
  const found = check?.slots.find(({ span }) => span && span.line <= line && line <= span.endLine);
  return found?.slot ?? view?.slot ?? -1;
}

function useVisits(check: CheckView | null, slot: number): readonly VisitView[] {
  const [visits, set] = useState<readonly VisitView[]>([]);
  const revision = check?.revision ?? -1;
  useEffect(() => {
    if (revision < 0 || slot < 0) return set([]);
    let wanted = true;
    engine()
      .api.visits(revision, slot, LIMIT)
      .then((found) => wanted && set(found))
      .catch(() => wanted && set([]));
    return () => {
      wanted = false;
    };
  }, [revision, slot]);
  return visits;
}

interface Row {
  readonly name: string;
  readonly before: BeliefView | null;
  readonly after: BeliefView | null;
  /** 16 hex digits; "" where the run stands elsewhere. */
  readonly concrete: string;
}

function rowsOf(visit: VisitView, now: StepView | null): Row[] {
  const { before, after } = visit;
  const regs = before.regs.map((belief, n): Row => {
    const later = after?.regs[n] ?? null;
    return { name: `R${n}`, before: belief, after: later, concrete: now?.regs[n] ?? "" };
  });
  const places = new Map<string, { frame: number; off: number }>();
  for (const { frame, off } of [...before.stack, ...(after?.stack ?? [])])
    places.set(`${frame} ${off}`, { frame, off });
  const several = new Set([...places.values()].map(({ frame }) => frame)).size > 1;
  const slots = [...places.values()]
    .sort((a, b) => a.frame - b.frame || b.off - a.off)
    .map(({ frame, off }): Row => {
      const find = (stack: typeof before.stack) =>
        stack.find((s) => s.frame === frame && s.off === off)?.belief ?? null;
      const name = several ? `fp${off} (${frame})` : `fp${off}`;
      return { name, before: find(before.stack), after: after ? find(after.stack) : null, concrete: "" };
    });
  return [...regs, ...slots].filter((row) => row.before !== null || row.after !== null);
}

function Table({ visit, now }: { readonly visit: VisitView; readonly now: StepView | null }) {
  const text = useText();
  return (
    <table className="beliefs__table">
      <caption className="visually-hidden">{text.beliefs.title}</caption>
      <thead>
        <tr>
          <th scope="col" />
          <th scope="col">{text.beliefs.before}</th>
          <th scope="col">{visit.after ? text.beliefs.after : text.beliefs.ended}</th>
        </tr>
      </thead>
      <tbody>
        {rowsOf(visit, now).map(({ name, before, after, concrete }) => {
          const changed = visit.after !== null && (before?.text ?? "") !== (after?.text ?? "");
          return (
            <tr key={name} data-changed={changed || undefined}>
              <th scope="row">
                {name}
                {changed && <span className="mark mark--written" title={text.beliefs.changed} />}
                {changed && <span className="visually-hidden">{text.beliefs.changed}</span>}
              </th>
              <td>
                <Belief belief={before} concrete={concrete} />
              </td>
              <td>{changed ? <Belief belief={after} concrete="" /> : null}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Belief({ belief, concrete }: { readonly belief: BeliefView | null; readonly concrete: string }) {
  const text = useText();
  if (belief === null) return <span className="register__unknown">{text.beliefs.nothing}</span>;
  return (
    <>
      <code className="beliefs__text">{belief.text}</code>
      {belief.bounds && <Drawing bounds={belief.bounds} concrete={concrete} />}
    </>
  );
}
