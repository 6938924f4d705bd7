// For someone who sees the page for the first time: what it is, and the one thing to do. Disappears with the first edit or run.
import { FIRST_EXAMPLE } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import { useProgram } from "../../stores/program/program.ts";
import { useLastAct } from "../../stores/run/result.ts";

export function Intro() {
  const { intro } = useText();
  const isFirst = useProgram((s) => s.example === FIRST_EXAMPLE.name && s.lesson === 0);
  const acted = useLastAct((s) => s.calls.length > 0);
  if (!isFirst || acted) return null;
  return (
    <div className="intro">
      <p>{intro.what}</p>
      <p className="intro__do">{intro.first}</p>
    </div>
  );
}
