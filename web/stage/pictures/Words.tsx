// Pictures made of words: the title, lines that appear one by one, a question, the recipe's steps, program types, files.

import { textOf } from "../../lessons/index.ts";
import { Acting, Markdown } from "../../lessons/Markdown.tsx";
import { useSettings } from "../../stores/page/settings.ts";
import { type Area, columns } from "../fit.ts";
import type { PictureProps } from "../picture.ts";
import { Sentence } from "../Sentence.tsx";
import { useStageText } from "../useStageText.ts";

const ALL_BLANKS = Number.POSITIVE_INFINITY;

export function TitlePicture({ frame }: PictureProps) {
  const language = useSettings((s) => s.language);
  const { scene, shown } = frame;
  return (
    <div className="title-picture">
      <h2>
        <Sentence text={scene.says[language]} open={shown.openBlanks} />
      </h2>
      {shown.items.map((item) => (
        <p key={item.en} className="enters">
          <Sentence text={item[language]} open={ALL_BLANKS} />
        </p>
      ))}
    </div>
  );
}

/** Size of type at which all lines fit, as a fraction of the stage's height. A wide letter counts twice. */
function sizeOf(texts: readonly string[], area: Area, stage: number): number {
  const letters = texts.reduce((sum, text) => sum + columns(text) + 12, 0);
  const free = Math.sqrt((area.width * area.height) / (0.5 * 1.75 * letters)) / stage;
  return Math.max(0.037, Math.min(0.056, free));
}

export function WordsPicture({ frame, area, stageHeight }: PictureProps) {
  const language = useSettings((s) => s.language);
  const { shown, scene } = frame;
  const all = scene.presses.flatMap(({ act, says }) => (act.kind === "item" && says ? [says] : []));
  const shownCount = shown.items.length;
  return (
    <ol
      className="words-picture"
      data-many={all.length > 4 || undefined}
      style={{
        fontSize:
          stageHeight *
          sizeOf(
            all.map((one) => one[language]),
            area,
            stageHeight,
          ),
      }}
    >
      {all.map((item, i) => (
        // Lines that are still to come keep their place free.
        <li
          key={item.en}
          className={i < shownCount ? "enters" : undefined}
          data-hidden={i >= shownCount || undefined}
          data-last={i === shownCount - 1 || undefined}
        >
          <Sentence text={item[language]} open={i === shownCount - 1 ? shown.openBlanks : ALL_BLANKS} />
        </li>
      ))}
    </ol>
  );
}

/** No blank of a question or its answer is covered. */
const NOTHING_COVERED = { uncovered: null, uncover: () => {}, goTo: () => {} };

export function QuestionPicture({ frame }: PictureProps) {
  const text = useStageText();
  const language = useSettings((s) => s.language);
  const { scene, shown, lesson } = frame;
  const point = textOf(lesson, language)?.points[scene.point - 1];
  if (point?.kind !== "predict") return null;
  const { question, choices, answer, because } = point;
  return (
    <Acting value={NOTHING_COVERED}>
      <div className="question" data-answered={shown.answered || undefined}>
        <div className="question__asked">
          <Markdown tokens={question} name="stage.question" />
        </div>
        {choices.length > 0 ? (
          <ol className="question__choices">
            {choices.map((choice, i) => (
              <li key={choice} data-right={(shown.answered && i === answer) || undefined}>
                <Sentence text={choice} open={ALL_BLANKS} />
              </li>
            ))}
          </ol>
        ) : (
          <p className="question__value" data-right={shown.answered || undefined}>
            {shown.answered ? answer : "?"}
          </p>
        )}
        {shown.answered && (
          <div className="question__because enters" role="status">
            <span className="visually-hidden">{text.answer}: </span>
            <Markdown tokens={because} name="stage.because" />
          </div>
        )}
      </div>
    </Acting>
  );
}

export function RecipePicture({ frame }: PictureProps) {
  const text = useStageText();
  const { recipe } = frame.world;
  return (
    <ol className="recipe">
      {text.recipe.map((name, i) => (
        <li key={name} data-on={recipe[i] || undefined}>
          <span className="recipe__number">{i + 1}</span>
          <span className="recipe__name">{name}</span>
          <span className="recipe__state">{recipe[i] ? `✓ ${text.on}` : text.off}</span>
        </li>
      ))}
    </ol>
  );
}

export function TypesPicture({ frame }: PictureProps) {
  const text = useStageText();
  const { shown, material, scene } = frame;
  const all = scene.presses.flatMap(({ act }) => (act.kind === "type" ? [act.name] : []));
  return (
    <ol className="types-picture">
      {all.map((name) => {
        const type = material.types.find((one) => one.name === name);
        return (
          type && (
            <li key={name} className="enters" data-hidden={!shown.types.includes(name) || undefined}>
              <code>{type.constant}</code>
              <span>
                {text.event}: {text.types[name] ?? type.event}
              </span>
              <span>
                {text.context}: <code>struct {type.ctxStruct}</code>
              </span>
            </li>
          )
        );
      })}
    </ol>
  );
}

export function FilesPicture({ frame }: PictureProps) {
  const { material, shown } = frame;
  return (
    <ul className="files-picture">
      {material.files.map(({ path }) => (
        <li key={path} data-marked={(shown.mark !== "" && path.includes(shown.mark)) || undefined}>
          <code>{path}</code>
        </li>
      ))}
    </ul>
  );
}
