// The rounds of a loop in a table: for each arrival at the loop's head, the registers that differ between rounds.
import { X } from "lucide-react";
import type { FlowLoopView, RoundView } from "../../../engine/index.ts";
import type { GraphTexts } from "../../i18n/graph.ts";
import { compareRounds, useGraph, type Walker } from "../../stores/run/graph.ts";
import { moveTo, useMachine } from "../../stores/run/machine.ts";
import { showVisit } from "../../stores/run/visits.ts";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";

interface Props {
  readonly loop: FlowLoopView;
  readonly walker: Walker;
  readonly text: GraphTexts;
}

export function Rounds({ loop, walker, text }: Props) {
  const found = useGraph((s) => s.rounds);
  const position = useMachine((s) => s.position);
  const rounds = found?.rounds ?? [];
  const regs = differing(rounds);
  const title = text.rounds.title(loop.head);
  return (
    <div className="rounds">
      <header className="graph__head">
        <h3 className="pane__title">{title}</h3>
        {found && <span className="hint">{text.rounds.count(rounds.length, found.total)}</span>}
        <span className="spacer" />
        <button
          type="button"
          className="button button--quiet button--icon"
          aria-label={text.rounds.close}
          onClick={() => compareRounds(null)}
        >
          <X size={15} aria-hidden="true" />
        </button>
      </header>
      <ScrollRegion className="rounds__body" aria-label={title}>
        {found && regs.length === 0 ? (
          <p className="hint rounds__none">{rounds.length === 0 ? text.rounds.none : text.rounds.same}</p>
        ) : (
          <table className="rounds__table">
            <thead>
              <tr>
                <th scope="col">{text.rounds.round}</th>
                <th scope="col">{text.rounds.at[walker]}</th>
                {regs.map((reg) => (
                  <th key={reg} scope="col" className="rounds__reg">
                    R{reg}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rounds.map((round, i) => (
                <tr key={round.at} data-now={(walker === "run" && round.at === position) || undefined}>
                  <th scope="row">
                    {i + 1}
                    {round.previous !== i - 1 && (
                      <span className="hint">
                        {" "}
                        {round.previous < 0 ? (i > 0 ? text.rounds.entered : "") : text.rounds.from(round.previous + 1)}
                      </span>
                    )}
                  </th>
                  <td>
                    <button
                      type="button"
                      className="link"
                      onClick={() => void (walker === "run" ? moveTo(round.at) : showVisit(round.at))}
                    >
                      {round.at}
                    </button>
                  </td>
                  {regs.map((reg) => {
                    const changed = round.previous >= 0 && rounds[round.previous]?.regs[reg] !== round.regs[reg];
                    return (
                      <td key={reg} data-changed={changed || undefined}>
                        <code>{shown(round.regs[reg] ?? null, walker)}</code>
                        {changed && <span className="mark mark--written" title={text.rounds.changed} />}
                        {changed && <span className="visually-hidden">{text.rounds.changed}</span>}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ScrollRegion>
    </div>
  );
}

/** Registers that differ between rounds. */
const differing = (rounds: readonly RoundView[]): number[] =>
  Array.from({ length: 11 }, (_, n) => n).filter((n) => rounds.some(({ regs }) => regs[n] !== rounds[0]?.regs[n]));

function shown(value: string | null, walker: Walker): string {
  if (value === null) return "–";
  if (walker === "verifier") return value;
  const number = BigInt(`0x${value}`);
  return number < 100_000n ? String(number) : `0x${number.toString(16)}`;
}
