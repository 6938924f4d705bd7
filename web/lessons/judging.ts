// Judges a link that answers a lesson: the reader's acts are repeated in a kernel of its own, and the goals are judged by the result.
// Used by the page's table of a class and by the command line, so it needs no page.
import { type Act, performActs, type Remote, type Texts } from "../../engine/index.ts";
import { type GoalText, goalTexts } from "../i18n/goals.ts";
import { decodeLink, type Link, type LinkFault, type LinkState, stateOfSource } from "../links/codec.ts";
import { idOfFile, isFile } from "./entry.ts";
import { judgedProgram, type Lesson } from "./lesson.ts";

export interface Answer {
  /** Text before the link in its line: whose answer it is. */
  readonly who: string;
  /** The link as written in the line, or the whole line if it has no link. */
  readonly link: string;
}

export type Judged = Answer &
  (
    | { readonly ok: true; readonly solved: boolean; readonly goals: readonly GoalText[] }
    | {
        readonly ok: false;
        readonly error: Texts;
        /** The link is an answer to another lesson, so it was not judged. */
        readonly another?: true;
      }
  );

export interface Judging {
  readonly lesson: Lesson;
  /** Name of the lesson in addresses. "": the lesson is from a file. */
  readonly name: string;
  readonly language: keyof Texts;
  /** A fresh engine, in which nothing was done yet. */
  readonly engine: Remote;
}

/** Time limit for all acts of an answer, in milliseconds. */
const MOST_TIME = 20_000;

/** Reads one line of a list, such as `Sato  https://…#v1.…`. The name before the link may be missing. */
export function readLine(line: string): Answer {
  const text = line.trim();
  const [link = ""] = /(?:https?:\/\/\S*?)?#\S+$|\bv1\.[\w-]+$/.exec(text) ?? [];
  if (link === "") return { who: "", link: text };
  return { who: text.slice(0, text.length - link.length).replace(/[\s,;:|]+$/, ""), link };
}

export async function judgeAnswer(line: string, judging: Judging): Promise<Judged> {
  const { who, link } = readLine(line);
  const no = (error: Texts): Judged => ({ who, link, ok: false, error });
  const at = link.indexOf("#");
  const found = await decodeLink(at < 0 ? link : link.slice(at));
  const state = stateOf(found);
  if ("en" in state) return no(state);
  const wrong = otherLesson(state, judging);
  if (wrong) return { who, link, ok: false, error: wrong, another: true };
  try {
    const goals = await judged(state, judging);
    return { who, link, ok: true, solved: goals.length > 0 && goals.every(({ met }) => met), goals };
  } catch (error) {
    if (error instanceof NoAnswer) return no(error.texts);
    throw error;
  }
}

class NoAnswer extends Error {
  readonly texts: Texts;
  constructor(texts: Texts) {
    super(texts.en);
    this.texts = texts;
  }
}

async function judged(state: LinkState, { lesson, language, engine }: Judging): Promise<readonly GoalText[]> {
  await ownType(state, engine);
  const { source, progType, maps, input, seed } = state;
  const program = judgedProgram(lesson, { source, progType, maps });
  const { contents = {} } = state;
  const start = {
    program: { ...program, source: lesson.state.source, contents },
    input,
    recipe: lesson.state.recipe,
    // A link to a lesson with its own program type names the type. Older links and hand-written ones may not.
    ...(state.preset === undefined && state.definition === undefined && { preset: lesson.state.preset }),
    ...(seed !== undefined && { seed }),
  };
  const since = Date.now();
  const reader = await performActs(engine, start, state.lesson?.acts ?? standing(state), () => {
    if (Date.now() - since > MOST_TIME) throw new NoAnswer(SAYS.slow);
  });
  return goalTexts(lesson.goals, await engine.tools.judge(program, lesson.goals, reader), language);
}

/** Acts for a link that holds none: write the program and go to the step at which the link was made. */
const standing = ({ source, step }: LinkState): readonly Act[] =>
  step === undefined
    ? []
    : [
        { do: "write", source },
        { do: "step", to: step },
      ];

async function ownType({ definition, preset }: LinkState, { kernel, tools }: Remote): Promise<void> {
  if (definition === undefined && preset === undefined) return void (await kernel.define(null));
  const wanted = definition ?? (await tools.presets()).find(({ name }) => name === preset)?.definition;
  const read = await tools.readDefinition(wanted);
  if (!read.ok) throw new NoAnswer(SAYS.definition);
  if ((await kernel.define(read.definition)).ret < 0) throw new NoAnswer(SAYS.definition);
}

/** The answer in the link, or why there is none. */
function stateOf(link: Link): LinkState | Texts {
  switch (link.kind) {
    case "state":
      return link.state;
    case "source":
      return stateOfSource(link.source);
    case "fault":
      return SAYS[link.fault];
    default:
      return SAYS.none;
  }
}

function otherLesson({ lesson }: LinkState, { name: wanted, lesson: { id } }: Judging): Texts | undefined {
  if (!lesson) return undefined;
  const { text, file, list, name } = lesson;
  const entry = list?.entries[list.at - 1];
  const own = text !== undefined || file !== undefined || (entry !== undefined && isFile(entry));
  const given = own ? "" : name;
  if (given !== wanted) return SAYS.other(shown(given), shown(wanted));
  // Lessons from files have no name, but the entry of the list says which file it is.
  if (entry === undefined || !own || idOfFile(entry) === id) return undefined;
  return SAYS.other(shownFile(idOfFile(entry)), shownFile(id));
}

const shown = (name: string): Texts =>
  name === ""
    ? { en: "a lesson from a file", ja: "ファイルのレッスン" }
    : { en: `lesson ${name}`, ja: `レッスン ${name}` };

const shownFile = (id: string): Texts => ({ en: `the lesson ${id}.md`, ja: `レッスン ${id}.md` });

const both = (en: string, ja: string): Texts => ({ en, ja });

const SAYS = {
  broken: both(
    "the link is damaged: a part is missing, or something else stands in it; copy it once more, whole",
    "リンクが壊れています。一部が欠けているか、別のものが混ざっています。もう一度、全体をコピーしてください",
  ),
  "too-large": both(
    "the link is too large: at most 200,000 characters that unfold to 2,000,000 bytes are read",
    "リンクが大きすぎます。200,000 文字、展開して 2,000,000 バイトまでを読みます",
  ),
  "unknown-version": both(
    "the link is of a newer version than this one: v1 is what is read here",
    "リンクの版が新しすぎます。ここで読めるのは v1 です",
  ),
  "unknown-form": both(
    "there is no link in this line: one with #v1. was expected",
    "この行にリンクがありません。#v1. を含むリンクが必要です",
  ),
  definition: both(
    "the program type in the link cannot be built into this kernel",
    "リンクの中のプログラムタイプは、このカーネルに組み込めません",
  ),
  none: both(
    "the link is an address and holds no answer: one with #v1. was expected, as “Copy my answer” makes it",
    "このリンクはアドレスで、解答が入っていません。「解答をコピー」で作る、#v1. を含むリンクが必要です",
  ),
  slow: both(
    `what was done takes longer than ${MOST_TIME / 1000} seconds`,
    `操作をやり直すのに ${MOST_TIME / 1000} 秒以上かかります`,
  ),
  other: (given: Texts, wanted: Texts): Texts =>
    both(
      `the link is an answer to ${given.en}, not to ${wanted.en}`,
      `このリンクは${given.ja}の解答です。${wanted.ja}の解答ではありません`,
    ),
} satisfies Record<LinkFault | "none" | "slow", Texts> & Record<"other", unknown>;
