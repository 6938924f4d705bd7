// The visits of the instruction at the cursor: what the verifier believed before and after each. The reader can page through them, compare
// two, and follow the path back and forth. Also says why a path ended.
import { ArrowLeft, ArrowRight, ChevronLeft, ChevronRight, Columns2, Pin, PinOff, ScrollText } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import type { VisitView } from "../../../engine/index.ts";
import { useVerifierTexts, type VerifierTexts } from "../../i18n/verifier.ts";
import { goToLine } from "../../stores/check/log.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { showView } from "../../stores/page/layout.ts";
import { useBeliefs } from "../../stores/run/beliefs.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { setPinned, showSecondVisit, showVisit, showVisitAt, useVisits, watchVisits } from "../../stores/run/visits.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { VisitTable } from "./VisitTable.tsx";
import "./visits.css";

/** `views`: the control that chooses between this and the other views. */
export default function Visits({ views }: { readonly views: ReactNode }) {
  const text = useVerifierTexts();
  useEffect(watchVisits, []);
  const { slot, numbers, visit, secondVisit } = useVisits();
  const isSeparate = useBeliefs((s) => s.separateVisit !== null);
  const pinned = useBeliefs((s) => s.pinned);
  const hasRun = useMachine((s) => s.run !== null);
  const insn = useVerdict((s) => s.check?.slots.find((one) => one.slot === slot));
  const view = useMachine((s) => (s.run && s.view?.slot === slot ? s.view : null));
  return (
    <div className="beliefs" data-testid="visits" data-visit={visit ? numbers.indexOf(visit.visit) + 1 : undefined}>
      <header className="log__head">
        {views}
        <h3 className="pane__title beliefs__insn">
          {insn ? (
            <code>
              {slot}: {insn.text}
            </code>
          ) : (
            <span className="visually-hidden">{text.visits.title}</span>
          )}
        </h3>
        <span className="spacer" />
        {hasRun && visit && (
          <IconButton
            Icon={pinned ? PinOff : Pin}
            label={pinned ? text.visits.unpin : text.visits.pin}
            on={pinned}
            act={() => setPinned(!pinned)}
          />
        )}
        {visit && visit.logLine >= 0 && (
          <IconButton
            Icon={ScrollText}
            label={text.visits.inLog}
            act={() => {
              showView("verifier", "log");
              goToLine(visit.logLine);
            }}
          />
        )}
      </header>
      {visit && <Path visit={visit} numbers={numbers} other={secondVisit} text={text} />}
      <ScrollRegion className="beliefs__body" aria-label={text.visits.title}>
        {visit ? (
          <>
            {hasRun && isSeparate && <p className="visits__apart">{pinned ? text.visits.pinned : text.visits.apart}</p>}
            <End visit={visit} numbers={numbers} other={secondVisit} text={text} />
            <VisitTable visit={visit} other={secondVisit} numbers={numbers} now={view} />
          </>
        ) : (
          <p className="hint beliefs__empty">{insn ? text.visits.never : text.visits.empty}</p>
        )}
      </ScrollRegion>
    </div>
  );
}

interface PathProps {
  readonly visit: VisitView;
  readonly numbers: Int32Array;
  readonly other: VisitView | null;
  readonly text: VerifierTexts;
}

/** Two groups of buttons: to the other visits of this instruction, and along the path of this visit. */
function Path({ visit, numbers, other, text }: PathProps) {
  const index = numbers.indexOf(visit.visit);
  // Compares with the visit before. For the first visit: with the one after.
  const beside = numbers[index > 0 ? index - 1 : 1] ?? -1;
  return (
    <div className="visits__bar">
      <fieldset className="visits__group">
        <legend className="visually-hidden">{text.visits.title}</legend>
        <IconButton
          Icon={ChevronLeft}
          size={16}
          label={text.visits.previous}
          off={index <= 0}
          act={() => showVisitAt(index - 1)}
        />
        <label className="visits__number">
          {text.visits.visit}
          <input
            className="field visits__field"
            type="number"
            min={1}
            max={numbers.length}
            value={index + 1}
            onChange={(event) => showVisitAt(event.currentTarget.valueAsNumber - 1)}
          />
        </label>
        <span className="hint visits__all">{text.visits.of(numbers.length)}</span>
        <IconButton
          Icon={ChevronRight}
          size={16}
          label={text.visits.next}
          off={index + 1 >= numbers.length}
          act={() => showVisitAt(index + 1)}
        />
        {numbers.length > 1 && (
          <IconButton
            Icon={Columns2}
            label={other ? text.visits.uncompare : text.visits.compare}
            on={other !== null}
            act={() => void showSecondVisit(other ? -1 : beside)}
          />
        )}
      </fieldset>
      <span className="spacer" />
      <fieldset className="visits__group">
        <legend className="visually-hidden">{text.visits.path}</legend>
        {visit.prev >= 0 ? (
          <button type="button" className="button button--quiet" onClick={() => void showVisit(visit.prev)}>
            <ArrowLeft size={14} aria-hidden="true" />
            {text.visits.from(visit.prevSlot)}
          </button>
        ) : (
          <span className="hint">{text.visits.start}</span>
        )}
        {visit.next.map((next) => (
          <button
            key={next.visit}
            type="button"
            className="button button--quiet"
            onClick={() => void showVisit(next.visit)}
          >
            {text.visits.to(next.slot)}
            <ArrowRight size={14} aria-hidden="true" />
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function End({ visit, numbers, other, text }: PathProps) {
  const { end } = visit;
  if (!end) return null;
  const words = text.visits.end;
  const by = end.kind === "pruned" ? end.by : -1;
  return (
    <p className="visits__end" data-kind={end.kind}>
      {end.kind === "pruned"
        ? by >= 0
          ? words.pruned(numbers.indexOf(by) + 1)
          : words.prunedUnknown
        : words[end.kind]}
      {by >= 0 && other?.visit !== by && (
        <>
          {" "}
          <button type="button" className="link" onClick={() => void showSecondVisit(by)}>
            {text.visits.beside}
          </button>
        </>
      )}
    </p>
  );
}
