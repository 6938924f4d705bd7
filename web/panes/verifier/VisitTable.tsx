// One visit as a table: registers and stack slots before and after the instruction. Or two visits of it side by side, with the differences
// marked. Values are written as the kernel does, and drawn, with the run's value as a dot.
import type { BeliefsView, BeliefView, StepView, VisitView } from "../../../engine/index.ts";
import { useVerifierTexts } from "../../i18n/verifier.ts";
import { showVisit } from "../../stores/run/visits.ts";
import { Drawing } from "./Drawing.tsx";

interface Row {
  readonly name: string;
  readonly left: BeliefView | null;
  readonly right: BeliefView | null;
  /** 16 hex digits. "": the run is at another step. */
  readonly concrete: string;
}

interface Props {
  readonly visit: VisitView;
  readonly other: VisitView | null;
  /** All visits of the instruction. A visit is named by its position among them. */
  readonly numbers: Int32Array;
  readonly now: StepView | null;
}

/** R0 … R10, then the stack of each frame from its top. */
function rowsOf(left: BeliefsView, right: BeliefsView | null, now: StepView | null): Row[] {
  const regs = left.regs.map((belief, n): Row => {
    return { name: `R${n}`, left: belief, right: right?.regs[n] ?? null, concrete: now?.regs[n] ?? "" };
  });
  const places = new Map<string, { frame: number; off: number }>();
  for (const { frame, off } of [...left.stack, ...(right?.stack ?? [])]) places.set(`${frame} ${off}`, { frame, off });
  const several = new Set([...places.values()].map(({ frame }) => frame)).size > 1;
  const find = (stack: BeliefsView["stack"], frame: number, off: number): BeliefView | null =>
    stack.find((slot) => slot.frame === frame && slot.off === off)?.belief ?? null;
  const slots = [...places.values()]
    .sort((a, b) => a.frame - b.frame || b.off - a.off)
    .map(({ frame, off }): Row => {
      const name = several ? `fp${off} (${frame})` : `fp${off}`;
      const row = now?.stack.find((one) => one.frame === frame && one.off === off);
      return {
        name,
        left: find(left.stack, frame, off),
        right: right ? find(right.stack, frame, off) : null,
        concrete: row?.used === 0xff ? row.value : "",
      };
    });
  return [...regs, ...slots].filter((row) => row.left !== null || row.right !== null);
}

export function VisitTable({ visit, other, numbers, now }: Props) {
  const text = useVerifierTexts();
  const place = ({ visit: number }: VisitView): number => numbers.indexOf(number) + 1;
  const rows = rowsOf(visit.before, other ? other.before : visit.after, now);
  const hasRight = other !== null || visit.after !== null;
  const mark = other ? text.visits.differs : text.visits.changed;
  return (
    <table className="beliefs__table">
      <caption className="visually-hidden">{text.visits.title}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{other ? text.visits.this(place(visit)) : text.visits.before}</th>
          {hasRight ? (
            <th scope="col">
              {other ? (
                <button type="button" className="link" onClick={() => void showVisit(other.visit)}>
                  {text.visits.other(place(other))}
                </button>
              ) : (
                text.visits.after
              )}
            </th>
          ) : (
            <td />
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, left, right, concrete }) => {
          const differs = hasRight && (left?.text ?? "") !== (right?.text ?? "");
          return (
            <tr key={name} data-changed={differs || undefined}>
              <th scope="row">
                {name}
                {differs && (
                  <span
                    className={other ? "mark mark--differs" : "mark mark--written"}
                    title={mark}
                    aria-hidden="true"
                  />
                )}
                {differs && <span className="visually-hidden">{mark}</span>}
              </th>
              <td>
                <Belief belief={left} concrete={concrete} />
              </td>
              <td>{differs ? <Belief belief={right} concrete="" /> : null}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Belief({ belief, concrete }: { readonly belief: BeliefView | null; readonly concrete: string }) {
  const text = useVerifierTexts();
  if (belief === null) return <span className="register__unknown">{text.visits.nothing}</span>;
  return (
    <>
      <code className="beliefs__text">{belief.text}</code>
      {belief.bounds && <Drawing bounds={belief.bounds} concrete={concrete} />}
    </>
  );
}
