// Reads a lesson's file. It is Markdown, which the lexer of `marked` splits into tokens; the format's own blocks are taken out.
// Nothing becomes HTML: tokens are drawn as React nodes, and HTML in the file is a fault. Never throws.
import { Marked, type Token, type Tokens } from "marked";
import { type Act, DEFAULT_PRESET, FIRST_EXAMPLE, type Goal, type MapInput, type Texts } from "../../engine/index.ts";
import type { Language } from "../stores/page/settings.ts";
import { EXPECTED, LINE_ONLY } from "./expected.ts";
import {
  type BlankToken,
  type GotoToken,
  type Lesson,
  type LessonFault,
  type LessonState,
  type LessonText,
  type Point,
  type Prediction,
  type Solution,
  VIEWS,
  type View,
} from "./lesson.ts";
import { readAct } from "./parse-act.ts";
import { GOAL_EXPECTED, parseGoal } from "./parse-goal.ts";
import { readScene, readSlides, slidesText } from "./parse-scene.ts";
import type { Scene } from "./scene.ts";

export type Parsed =
  | { readonly ok: true; readonly lesson: Lesson }
  | { readonly ok: false; readonly faults: readonly LessonFault[] };

const MAX_LENGTH = 200_000;
const LANGUAGES: readonly Language[] = ["ja", "en"];

const markdown = new Marked({
  extensions: [
    {
      name: "blank",
      level: "inline",
      start: (src: string) => src.indexOf("{{"),
      tokenizer(src: string): BlankToken | GotoToken | undefined {
        const match = /^\{\{([^{}\n]+)\}\}/.exec(src);
        if (!match) return undefined;
        const text = (match[1] as string).trim();
        const step = /^@step (\d+)$/.exec(text)?.[1];
        const raw = match[0];
        return step === undefined ? { type: "blank", raw, text } : { type: "goto", raw, step: Number(step) };
      },
    },
  ],
});

/** `id`: the file's name without its ending. */
export function parseLesson(id: string, file: string): Parsed {
  const faults: LessonFault[] = [];
  const fault = (line: number, found: string, expected: Texts): void => {
    faults.push({ line, found: found.trim().slice(0, 80), expected });
  };
  if (file.length > MAX_LENGTH) fault(1, `${file.length}`, EXPECTED.size);
  const text = file
    .slice(0, MAX_LENGTH)
    .replace(/\r\n?/g, "\n")
    .replace(/^\uFEFF/, "");

  const head = readHead(text, fault);
  const drafts: Partial<Record<Language, Draft>> = {};
  let state: LessonState | undefined;
  let goals: readonly Goal[] | undefined;
  let solution: Solution | undefined;
  const scenes: { readonly line: number; readonly scene: Scene }[] = [];
  let section: Draft | undefined;
  let line = head.lines + 1;

  for (const token of markdown.lexer(text.slice(head.length))) {
    const at = line;
    line += token.raw.split("\n").length - 1;
    if (token.type === "space") continue;
    if (token.type === "heading" && (token as Tokens.Heading).depth === 1) {
      const language = LANGUAGES.find((one) => one === (token as Tokens.Heading).text.trim());
      if (!language) fault(at, token.raw, EXPECTED.section);
      else {
        if (drafts[language]) fault(at, token.raw, EXPECTED.sectionTwice);
        section = { line: at, points: [], hints: [] };
        drafts[language] = section;
      }
    } else if (token.type === "code" && (token as Tokens.Code).lang === "oreore-state") {
      if (state || section) fault(at, "oreore-state", EXPECTED.oneState);
      state = readState((token as Tokens.Code).text, at + 1, fault);
    } else if (token.type === "code" && (token as Tokens.Code).lang === "goal") {
      if (goals || section) fault(at, "goal", EXPECTED.oneGoal);
      goals = readGoals((token as Tokens.Code).text, at + 1, fault);
    } else if (token.type === "code" && (token as Tokens.Code).lang === "solution") {
      if (solution || section) fault(at, "solution", EXPECTED.oneSolution);
      solution = readSolution((token as Tokens.Code).text, at + 1, state?.maps ?? [], fault);
    } else if (token.type === "code" && (token as Tokens.Code).lang === "scene") {
      if (section) fault(at, "scene", EXPECTED.scenePlace);
      const scene = readScene((token as Tokens.Code).text, at + 1, scenes.at(-1)?.scene.point ?? 1, fault);
      if (scene) scenes.push({ line: at, scene });
    } else if (section) {
      readBlock(section, token, at, fault);
    } else {
      fault(at, token.raw, EXPECTED.beforeSections);
    }
  }

  if (!state) fault(head.lines + 1, "", EXPECTED.state);
  const texts: Partial<Record<Language, LessonText>> = {};
  for (const language of LANGUAGES) {
    const draft = drafts[language];
    if (!draft) continue;
    const title = head.titles[language];
    if (title === undefined) fault(1, `title.${language}`, EXPECTED.title(language));
    if (draft.points.length === 0) fault(draft.line, `# ${language}`, EXPECTED.points);
    texts[language] = { title: title ?? "", points: draft.points, hints: draft.hints };
  }
  if (!texts.ja && !texts.en) fault(line, "", EXPECTED.section);
  compare(drafts, scenes.length > 0, fault);
  const first = drafts.ja ?? drafts.en;
  checkScenes(scenes, first?.points ?? [], head.slides, solution, fault);
  if (faults.length > 0 || !state) return { ok: false, faults: faults.sort((a, b) => a.line - b.line) };
  return {
    ok: true,
    lesson: {
      id,
      state,
      goals: goals ?? [],
      texts,
      slides: head.slides,
      solution: solution ?? null,
      scenes: scenes.map(({ scene }) => scene),
    },
  };
}

/** The titles and slides alone, for a list. Only the head of the file is read. */
export function lessonHead(file: string): {
  readonly titles: Partial<Texts>;
  readonly slides: readonly number[];
} {
  return readHead(file.replace(/\r\n?/g, "\n"), () => {});
}

type Fault = (line: number, found: string, expected: Texts) => void;

interface Draft {
  readonly line: number;
  readonly points: Point[];
  readonly hints: (readonly Token[])[];
}

interface Head {
  readonly titles: Partial<Record<Language, string>>;
  readonly slides: readonly number[];
  /** Length of the head in characters, and in lines, both with the closing dashes. */
  readonly length: number;
  readonly lines: number;
}

function readHead(text: string, fault: Fault): Head {
  const match = /^---\n([\s\S]*?)\n---[ \t]*\n/.exec(text);
  if (!match) {
    fault(1, text.split("\n")[0] ?? "", EXPECTED.head);
    return { titles: {}, slides: [], length: 0, lines: 0 };
  }
  const titles: Partial<Record<Language, string>> = {};
  let slides: readonly number[] = [];
  (match[1] as string).split("\n").forEach((one, i) => {
    if (one.trim() === "") return;
    const [, key, value] = /^([\w.]+):\s*(.+)$/.exec(one) ?? [];
    const listed = readSlides(value?.trim() ?? "");
    if (key === "title.ja" || key === "title.en") titles[key.slice(6) as Language] = value?.trim() ?? "";
    else if (key === "slides" && listed) slides = listed;
    else fault(i + 2, one, EXPECTED.headLine);
  });
  const lines = match[0].split("\n").length - 1;
  return { titles, slides, length: match[0].length, lines };
}

const FRESH: Omit<LessonState, "source"> = {
  progType: FIRST_EXAMPLE.program.progType,
  preset: DEFAULT_PRESET,
  maps: [],
  input: FIRST_EXAMPLE.input,
  recipe: [true, true, true, true],
  step: 0,
  view: "editor",
  print: [],
};

/** How each setting changes the state. false or undefined: the value is not valid. */
const SETTINGS: Readonly<
  Record<
    keyof typeof EXPECTED.stateValue,
    (value: string, state: typeof FRESH) => Partial<typeof FRESH> | false | undefined
  >
> = {
  type: (value) => /^\w{1,64}$/.test(value) && { progType: value },
  preset: (value) => /^[a-z-]{1,64}$/.test(value) && { preset: value },
  input: (value) => ({ input: value }),
  step: (value) => /^\d{1,7}$/.test(value) && { step: Number(value) },
  view: (value) => VIEWS.includes(value as View) && { view: value as View },
  recipe: (value) =>
    /^(none|[1-4]( [1-4]){0,3})$/.test(value) && {
      recipe: ["1", "2", "3", "4"].map((n) => value.includes(n)) as unknown as LessonState["recipe"],
    },
  print: (value) => /^\d+( \d+)*$/.test(value) && { print: value.split(" ").map(Number) },
  map(value, { maps }) {
    const [, name, type, ...sizes] = /^(\w+) (\w+) (\d+) (\d+) (\d+)(?: (\d+))?$/.exec(value) ?? [];
    const [keySize = 0, valueSize = 0, maxEntries = 0, flags = 0] = sizes.map((size) => Number(size ?? 0));
    return name && type ? { maps: [...maps, { name, type, keySize, valueSize, maxEntries, flags }] } : undefined;
  },
  entry(value, { maps }) {
    const act = readAct(`update ${value}`, "", maps);
    // An element of size zero cannot be filled.
    if (act?.do !== "update" || act.key === "" || act.value === "") return undefined;
    // If two maps have this name, the first is filled.
    const filled = maps.find(({ name }) => name === act.map);
    return {
      maps: maps.map((map) => (map === filled ? { ...map, init: { ...map.init, [act.key]: act.value } } : map)),
    };
  },
};

/** Reads the state block: settings, a line of dashes, the program. */
function readState(text: string, line: number, fault: Fault): LessonState {
  const lines = text.split("\n");
  const dashes = lines.findIndex((one) => /^-{3,}$/.test(one.trim()));
  if (dashes < 0) fault(line, lines[0] ?? "", EXPECTED.dashes);
  let state = FRESH;
  lines.slice(0, Math.max(dashes, 0)).forEach((one, i) => {
    if (one.trim() === "") return;
    const [, key = "", value = ""] = /^(\w+):\s*(.*?)\s*$/.exec(one) ?? [];
    if (!Object.hasOwn(SETTINGS, key)) return fault(line + i, one, EXPECTED.stateKey);
    const change = SETTINGS[key as keyof typeof SETTINGS](value, state);
    if (change) state = { ...state, ...change };
    else fault(line + i, one, EXPECTED.stateValue[key as keyof typeof SETTINGS]);
  });
  const source = lines.slice(dashes + 1).join("\n");
  if (source.trim() === "") fault(line + Math.max(dashes, 0), "", EXPECTED.program);
  return { ...state, source: `${source.replace(/\n+$/, "")}\n` };
}

function readGoals(text: string, line: number, fault: Fault): readonly Goal[] {
  const goals: Goal[] = [];
  text.split("\n").forEach((one, i) => {
    const trimmed = one.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return;
    const goal = parseGoal(trimmed);
    if (goal) goals.push(goal);
    else fault(line + i, trimmed, GOAL_EXPECTED);
  });
  if (text.trim() === "") fault(line, "", GOAL_EXPECTED);
  return goals;
}

/** Reads the solution block: one act per line, then, if it writes one, a line of dashes and the program. */
function readSolution(text: string, line: number, maps: readonly MapInput[], fault: Fault): Solution {
  const lines = text.split("\n");
  const dashes = lines.findIndex((one) => /^-{3,}$/.test(one.trim()));
  const program =
    dashes < 0
      ? ""
      : lines
          .slice(dashes + 1)
          .join("\n")
          .replace(/\n+$/, "");
  const source = program.trim() === "" ? "" : `${program}\n`;
  const acts: Act[] = [];
  lines.slice(0, dashes < 0 ? lines.length : dashes).forEach((one, i) => {
    if (one.trim() === "") return;
    const act = readAct(one.trim(), source, maps);
    if (act) acts.push(act);
    else fault(line + i, one, EXPECTED.solution);
  });
  const writes = acts.some((act) => act.do === "write");
  if (writes !== (source !== "")) fault(line, text, EXPECTED.solution);
  return { acts, source };
}

/** Checks that scenes follow the order of the points, that what they show exists, and that together they show the slides of the head. */
function checkScenes(
  scenes: readonly { readonly line: number; readonly scene: Scene }[],
  points: readonly Point[],
  slides: readonly number[],
  solution: Solution | undefined,
  fault: Fault,
): void {
  let before = 1;
  for (const { line, scene } of scenes) {
    const point = points[scene.point - 1];
    if (!point || scene.point < before) fault(line, String(scene.point), EXPECTED.scenePoint);
    else if (scene.fill.some(({ kind }) => kind === "question") && point.kind !== "predict")
      fault(line, String(scene.point), EXPECTED.sceneQuestion);
    if (scene.presses.some(({ act }) => act.kind === "solution") && !solution?.source)
      fault(line, "solution", EXPECTED.sceneSolution);
    before = scene.point;
  }
  const shown = new Set(scenes.flatMap(({ scene }) => scene.slides));
  const same = shown.size === slides.length && slides.every((slide) => shown.has(slide));
  if (scenes.length > 0 && !same) fault(scenes[0]?.line ?? 1, slidesText([...shown]), EXPECTED.sceneSlides);
}

/** Reads one block of a language's section: a point, or a part of one. */
function readBlock(draft: Draft, token: Token, line: number, fault: Fault): void {
  const { lang = "", text = "" } = token as Tokens.Code;
  if (token.type === "code" && lang === "predict") {
    const prediction = readPrediction(text, line + 1, fault);
    if (prediction) draft.points.push({ kind: "predict", notes: "", ...prediction });
  } else if (token.type === "code" && lang === "hint") {
    draft.hints.push(markdown.lexer(text));
  } else if (token.type === "code" && lang === "notes") {
    const last = draft.points.pop();
    if (last) draft.points.push({ ...last, notes: last.notes === "" ? text : `${last.notes}\n${text}` });
    else fault(line, "notes", EXPECTED.notes);
  } else {
    const seen: Token[] = [];
    markdown.walkTokens([token], (one) => void seen.push(one));
    for (const one of seen) {
      if (one.type === "html") fault(line, one.raw, EXPECTED.html);
      if (one.type === "image") fault(line, one.raw, EXPECTED.image);
    }
    const step = (seen as unknown as GotoToken[]).find(({ type }) => type === "goto")?.step ?? -1;
    const last = draft.points.at(-1);
    // A heading joins the block after it. Code joins the block before it.
    const joins = last?.kind === "text" && (last.tokens.at(-1)?.type === "heading" || token.type === "code");
    if (joins) {
      draft.points.pop();
      draft.points.push({ ...last, tokens: [...last.tokens, token], step: Math.max(last.step, step) });
    } else {
      draft.points.push({ kind: "text", notes: "", tokens: [token], step });
    }
  }
}

/** Reads a prediction: the question; choices as `- [ ]` and one `- [x]`, or the answer as `= value`; the reason after `>`. */
function readPrediction(text: string, line: number, fault: Fault): Prediction | undefined {
  const question: string[] = [];
  const because: string[] = [];
  const choices: string[] = [];
  const right: number[] = [];
  let value: string | undefined;
  for (const one of text.split("\n")) {
    const choice = /^\s*- \[( |x)\] (.+)$/.exec(one);
    const typed = /^\s*=\s*(.+)$/.exec(one);
    const why = /^\s*>\s?(.*)$/.exec(one);
    if (choice) {
      if (choice[1] === "x") right.push(choices.length);
      choices.push((choice[2] as string).trim());
    } else if (typed) value = (typed[1] as string).trim();
    else if (why) because.push(why[1] as string);
    else question.push(one);
  }
  if (question.join("").trim() === "") fault(line, text, EXPECTED.question);
  if (value === undefined && (choices.length < 2 || right.length !== 1)) fault(line, text, EXPECTED.choices);
  if (value !== undefined && choices.length > 0) fault(line, text, EXPECTED.choices);
  if (because.length === 0) fault(line, text, EXPECTED.because);
  const answer = value ?? right[0];
  if (answer === undefined) return undefined;
  return {
    question: markdown.lexer(question.join("\n")),
    choices,
    answer,
    because: markdown.lexer(because.join("\n")),
  };
}

/** Checks that both languages match: the same answers to the same number of predictions, and the same number of hints. */
function compare(drafts: Partial<Record<Language, Draft>>, onStage: boolean, fault: Fault): void {
  const { ja, en } = drafts;
  if (!ja || !en) return;
  const answers = ({ points }: Draft): string =>
    points.flatMap((point) => (point.kind === "predict" ? [`${point.choices.length}:${point.answer}`] : [])).join(" ");
  if (answers(ja) !== answers(en)) fault(en.line, answers(en) || LINE_ONLY, EXPECTED.samePredictions);
  if (onStage && ja.points.length !== en.points.length) fault(en.line, String(en.points.length), EXPECTED.samePoints);
  if (ja.hints.length !== en.hints.length) fault(en.line, String(en.hints.length), EXPECTED.sameHints);
}
