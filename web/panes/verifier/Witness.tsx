// Under an explanation: an input with which the refused program does harm, and a link to that run. Otherwise: how many inputs were tried.
import { useEffect, useState } from "react";
import type { WitnessFoundView, WitnessView } from "../../../engine/index.ts";
import { useWitnessTexts } from "../../i18n/witness.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { askWitness, showWitness } from "../../stores/run/witness.ts";
import { Prose } from "../../ui/Prose.tsx";
import { QUIET } from "./useAnswer.ts";

/** Milliseconds that the first search may take. */
const SHORT = 300;
/** Milliseconds of a search that the reader asks for. */
const LONG = 3000;
/** How many hex digits of an input are shown. */
const SHOWN = 64;

export function Witness({ revision }: { readonly revision: number }) {
  const text = useWitnessTexts();
  const language = useSettings((s) => s.language);
  const { answer, search } = useWitness(revision);
  if (answer === null) return null;
  const { found, tried } = answer ?? { found: null, tried: -1 };
  return (
    <section className="witness" data-testid="witness" data-found={found !== null} data-tried={tried}>
      <h3 className="why__title">{found ? text.title : text.question}</h3>
      {answer === undefined && <p className="hint">{text.searching}</p>}
      {found && (
        <>
          <p>
            <Prose text={found.words[language]} />
          </p>
          <Given found={found} />
          <button type="button" className="button" data-testid="show-witness" onClick={() => void showWitness(found)}>
            {text.show}
          </button>
        </>
      )}
      {answer && !found && (
        <p>
          {tried === 0 ? text.notHere : `${text.none(tried)} ${text.careful}`}{" "}
          {tried > 0 && (
            <button type="button" className="button" onClick={() => search(LONG)}>
              {text.longer}
            </button>
          )}
        </p>
      )}
    </section>
  );
}

/** The parts of the input, in short. */
function Given({ found }: { readonly found: WitnessFoundView }) {
  const text = useWitnessTexts();
  const { input, contents, seed, sockets } = found;
  const maps = Object.entries(contents).flatMap(([map, elements]) =>
    Object.entries(elements).map(([key, value]) => [text.map(map, key), value] as const),
  );
  return (
    <dl className="witness__given">
      {[[text.input, input] as const, ...maps].map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code title={value}>{shortened(value) || text.noBytes}</code>
          </dd>
        </div>
      ))}
      {seed !== 1 && <div>{text.seed(seed)}</div>}
      {sockets && <div>{text.sockets}</div>}
    </dl>
  );
}

const shortened = (value: string): string =>
  value.length > SHOWN ? `${value.slice(0, SHOWN)}… (${value.length / 2} B)` : value;

/** The answer about this revision. undefined: still searching. null: there is nothing to search for, or there was not before the edit. */
function useWitness(revision: number) {
  const [found, set] = useState<{ readonly of: number; readonly answer: WitnessView | null | undefined } | null>(null);
  const search = async (budget: number): Promise<void> => {
    set({ of: revision, answer: undefined });
    const answer = (await askWitness(revision, budget)) ?? null;
    set((now) => (now?.of === revision ? { of: revision, answer } : now));
  };
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(async () => {
      const answer = (await askWitness(revision, SHORT)) ?? null;
      if (wanted) set({ of: revision, answer });
    }, QUIET);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [revision]);
  const answer = found?.of === revision || found?.answer === null ? found.answer : undefined;
  return { answer, search: (budget: number) => void search(budget) };
}
