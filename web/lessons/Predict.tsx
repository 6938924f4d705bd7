// A prediction: first the reader says what will happen, then the lesson gives the answer and the reason.
import { useState } from "react";
import { useLessonText } from "../i18n/lessons.ts";
import { guess, guessAgain } from "../stores/lesson/lesson.ts";
import { NO_PROGRESS, useProgress } from "../stores/lesson/progress.ts";
import type { Prediction } from "./lesson.ts";
import { Markdown } from "./Markdown.tsx";

interface Props {
  readonly prediction: Prediction;
  /** Index of the prediction among the lesson's points. */
  readonly place: number;
  readonly id: string;
}

export function Predict({ prediction, place, id }: Props) {
  const text = useLessonText();
  const guessed = useProgress((s) => (s.lessons[id] ?? NO_PROGRESS).guesses[place]);
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState(false);
  const { question, choices, answer, because } = prediction;
  const answered = guessed !== undefined;
  const right = String(guessed) === String(answer);
  // After a wrong guess the reader may guess again before the answer is shown.
  const told = answered && (right || asked);
  const name = `predict-${id}-${place}`;
  const shownAnswer = typeof answer === "number" ? (choices[answer] ?? "") : answer;
  return (
    <div className="predict" data-answered={answered || undefined}>
      <span className="lesson__label">{text.guess}</span>
      <Markdown tokens={question} name={name} />
      {choices.length > 0 ? (
        <fieldset className="predict__choices">
          <legend className="visually-hidden">{text.guessHere}</legend>
          {choices.map((choice, i) => (
            <label key={choice} data-right={(told && i === answer) || undefined} data-mine={i === guessed || undefined}>
              <input
                type="radio"
                name={name}
                checked={i === guessed}
                disabled={told}
                onChange={() => guess(place, i)}
              />
              <span>{plain(choice)}</span>
            </label>
          ))}
        </fieldset>
      ) : (
        !answered && (
          <form
            className="predict__value"
            onSubmit={(event) => {
              event.preventDefault();
              if (typed.trim() !== "") guess(place, typed.trim());
            }}
          >
            <input
              className="field field--code"
              aria-label={text.guessHere}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <button type="submit" className="button">
              {text.check}
            </button>
          </form>
        )
      )}
      {answered && (
        <div className="predict__because" role="status">
          <p className="predict__verdict" data-right={right || undefined}>
            {right ? text.right : told ? text.wrong(plain(shownAnswer)) : text.notRight}
          </p>
          {told && <Markdown tokens={because} name={`${name}.why`} />}
          <button
            type="button"
            className="button button--quiet predict__again"
            onClick={() => {
              setAsked(false);
              guessAgain(place);
            }}
          >
            {text.guessAgain}
          </button>
          {!told && (
            <button type="button" className="button button--quiet predict__again" onClick={() => setAsked(true)}>
              {text.tellAnswer}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Removes the marks of code, the only Markdown that a choice may have. */
const plain = (choice: string): string => choice.replace(/`/g, "");
