// The open lesson: its origin, the page as the lesson wants it, the reader's draft, guesses and blanks. Loaded with the first lesson.
// kernel/journal.ts has what was done in it, goals.ts which of its goals are met.
import { create } from "zustand";
import { DEFAULT_PRESET } from "../../../engine/index.ts";
import { besideInCourse, ORDER, TALK } from "../../lessons/course.ts";
import { idOfFile, isFile } from "../../lessons/entry.ts";
import { LIST_EXPECTED } from "../../lessons/expected.ts";
import { addressOf, LESSON_IDS, loadLesson, nameOf, numberOf, textOf } from "../../lessons/index.ts";
import type { Lesson, LessonFault, NumberedLesson } from "../../lessons/lesson.ts";
import { parseLesson } from "../../lessons/parse.ts";
import { type Playlist, readPlaylist } from "../../lessons/playlist.ts";
import { encodeLink, type LinkLesson, type LinkState, MAX_PACKED } from "../../links/codec.ts";
import { ownTypeOf } from "../../links/own-type.ts";
import { beginJournal, useJournal } from "../kernel/journal.ts";
import { bootFreshKernel, useKernel } from "../kernel/kernel.ts";
import { showLesson, showTab } from "../page/focus.ts";
import { restoreLayout } from "../page/layout.ts";
import { setMapContents } from "../program/map-contents.ts";
import { OWN_LESSON, openProgram, showAddress, showNotice, useProgram } from "../program/program.ts";
import { followGoals, judgeAnew } from "./goals.ts";
import { noteProgress, progressOf } from "./progress.ts";
import { repeatActs } from "./repeat-acts.ts";
import { keepWork, keptWork } from "./work.ts";

/** Where the lesson can be found again: on the site, or in the link that holds it. */
export interface Origin {
  /** File of the lesson, or of the list that contains it. "": not on the site. */
  readonly file: string;
  /** The text of the lesson. "": it is built in, or its file is on the site. */
  readonly text: string;
  readonly list: Playlist | null;
  /** Texts of the list's lessons that are nowhere on the site, by their entries. */
  readonly files: Readonly<Record<string, string>>;
  /** Position in the list, from 1. */
  readonly at: number;
}

export interface OpenLessonState extends Origin {
  readonly lesson: Lesson | null;
  /** From 1. OWN_LESSON: not a built-in one. */
  readonly number: number;
  /** The name or number that the reader's address has for it; that address stays. "": the page opened it and chooses the address. */
  readonly addressName: string;
  /** Uncovered blanks, each named by its point and its position in the point. */
  readonly uncovered: ReadonlySet<string>;
  /** The whole talk is presented, not this lesson alone. */
  readonly talk: boolean;
  /** The program is an answer from a link, while the reader has a draft of their own. */
  readonly showsOthersAnswer: boolean;
  /** A link that holds the lesson as it opens, without the reader's work. "": the lesson is on the site. */
  readonly link: string;
}

const NO_ORIGIN: Origin = { file: "", text: "", list: null, files: {}, at: 1 };
const EMPTY: OpenLessonState = {
  ...NO_ORIGIN,
  lesson: null,
  number: 0,
  addressName: "",
  uncovered: new Set(),
  talk: false,
  showsOthersAnswer: false,
  link: "",
};
export const useLesson = create<OpenLessonState>()(() => EMPTY);
const { getState: get, setState: set } = useLesson;

// ------------------------------------------------------------------------------------------------------- opening

/** Opens a built-in lesson, numbered from 1. `talk`: as a part of the whole talk. `called`: its name or number in the address. */
export async function openLesson(number: number, talk = false, called = ""): Promise<void> {
  const parsed = await loadLesson(number);
  if (parsed?.ok) await openOnPage(parsed.lesson, number, { talk, addressName: called });
  else showNotice({ kind: "no-lesson", name: String(number) });
}

/** Opens a lesson by its number or name. */
export async function openNamed(name: string): Promise<void> {
  const number = numberOf(name);
  if (number > 0) await openLesson(number, false, name);
  else showNotice({ kind: "no-lesson", name });
}

/** Opens the talk at its first lesson. */
export const openTalk = (): Promise<void> => openLesson(TALK[0] ?? 1, true);

/** Opens the first lesson that is not solved yet. */
export async function resumeLessons(): Promise<void> {
  const first = ORDER.find((number) => !progressOf(LESSON_IDS[number - 1] ?? "").solved);
  await openLesson(first ?? ORDER[0] ?? 1);
}

export interface LessonFile {
  readonly name: string;
  readonly text: string;
}

export interface FaultyFile extends LessonFile {
  readonly faults: readonly LessonFault[];
}

/**
 * Opens a teacher's files: a lesson, or a list of lessons with its lessons' files. null: opened. Otherwise the first file with faults and
 * its faults.
 */
export async function openLessonFiles(files: readonly LessonFile[]): Promise<FaultyFile | null> {
  for (const file of files) {
    const list = readPlaylist(file.text);
    if (list) return openListFile(file, list, files);
  }
  const [file] = files;
  if (!file) return null;
  const parsed = parseLesson(idOfFile(file.name), file.text);
  if (!parsed.ok) return { ...file, faults: parsed.faults };
  const origin = { ...NO_ORIGIN, text: file.text };
  const large = await tooLarge(parsed.lesson, OWN_LESSON, origin);
  if (large) return { ...file, faults: [large] };
  await openOnPage(parsed.lesson, OWN_LESSON, origin);
  return null;
}

async function openListFile(
  file: LessonFile,
  list: Playlist,
  given: readonly LessonFile[],
): Promise<FaultyFile | null> {
  const files: Record<string, string> = {};
  const missing: LessonFault[] = [];
  for (const entry of list.entries.filter(isFile)) {
    const own = given.find(({ name }) => name === entry.replace(/^.*\//, ""));
    const parsed = own && parseLesson(idOfFile(entry), own.text);
    if (parsed && !parsed.ok) return { ...own, faults: parsed.faults };
    if (own) files[entry] = own.text;
    else if ((await fileOf(entry)) === undefined)
      missing.push({ line: lineOf(file.text, entry), found: entry, expected: LIST_EXPECTED.file });
  }
  if (missing.length > 0) return { ...file, faults: missing };
  const origin = { ...NO_ORIGIN, list, files };
  const first = await lessonOfEntry(list.entries[0] ?? "", origin);
  const large = first && (await tooLarge(first.lesson, first.number, origin));
  if (large) return { ...file, faults: [large] };
  await openEntry(origin);
  return null;
}

const lineOf = (text: string, entry: string): number =>
  text.split(/\r?\n/).findIndex((line) => line.trim().replace(/^- +/, "") === entry) + 1;

/** Of the characters of a link, how many are reserved for what the reader writes and does in a lesson. */
const LEFT_TO_ANSWERS = 50_000;

/** The fault of a lesson (or a list with its lessons) that is too large for a link. */
async function tooLarge(lesson: Lesson, number: number, origin: Origin): Promise<LessonFault | null> {
  const { length } = await linkTo(lesson, number, origin);
  const most = MAX_PACKED - LEFT_TO_ANSWERS;
  return length <= most ? null : { line: 1, found: "", expected: LIST_EXPECTED.size(length, most) };
}

/** The text of a file of this site. undefined: there is none. */
async function fileOf(path: string): Promise<string | undefined> {
  try {
    const url = new URL(path, document.baseURI);
    const answer = url.origin === location.origin ? await fetch(url) : undefined;
    const text = answer?.ok ? await answer.text() : "";
    // A host may answer every path with its first page. Then the file does not exist.
    return text === "" || /^\s*<!doctype/i.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** `#file/…`: opens a lesson or a list of lessons on this site. */
export async function openSite(path: string, at: number): Promise<void> {
  const text = await fileOf(path);
  const list = text === undefined ? undefined : readPlaylist(text);
  if (list) return openEntry({ ...NO_ORIGIN, file: path, list, at });
  const parsed = text === undefined ? undefined : parseLesson(idOfFile(path), text);
  if (parsed?.ok) await openOnPage(parsed.lesson, OWN_LESSON, { file: path });
  else showNotice({ kind: "no-lesson", name: path });
}

/** Opens a lesson of a list. */
async function openEntry(origin: Origin): Promise<void> {
  const name = origin.list?.entries[origin.at - 1] ?? "";
  const found = await lessonOfEntry(name, origin);
  if (found) await openOnPage(found.lesson, found.number, origin);
  else showNotice({ kind: "no-lesson", name: name || String(origin.at) });
}

/** The lesson of an entry: a built-in lesson's number or name, or a file that came with the list or is beside it on the site. */
async function lessonOfEntry(
  name: string,
  { file, files }: Pick<Origin, "file" | "files">,
): Promise<NumberedLesson | null> {
  if (!isFile(name)) {
    const parsed = await loadLesson(numberOf(name));
    return parsed?.ok ? { lesson: parsed.lesson, number: numberOf(name) } : null;
  }
  const own = Object.hasOwn(files, name) ? files[name] : undefined;
  const text = own ?? (await fileOf(file.replace(/[^/]*$/, name)));
  const parsed = text === undefined ? undefined : parseLesson(idOfFile(name), text);
  return parsed?.ok ? { lesson: parsed.lesson, number: OWN_LESSON } : null;
}

/** Opens the lesson before (-1) or after (1), in the list or among the built-in ones. null: there is none. */
export function neighbour(by: 1 | -1): (() => Promise<void>) | null {
  const { list, at, number, file, text, files } = get();
  if (list) {
    const next = at + by;
    return list.entries[next - 1] === undefined ? null : () => openEntry({ file, text, list, files, at: next });
  }
  const next = number > 0 ? besideInCourse(number, by) : 0;
  return next > 0 ? () => openLesson(next) : null;
}

/** Opens the lesson again as it was at first. */
export async function restartLesson(): Promise<void> {
  const { lesson, number, talk, addressName, file, text, list, files, at } = get();
  if (!lesson) return;
  noteProgress(lesson.id, { draft: "", work: "" });
  await openOnPage(lesson, number, { talk, addressName, file, text, list, files, at });
}

/** Opens the lesson of an answer in a link, with the answer's program. Returns that program. null: there is no such lesson. */
export async function openAnswer(
  state: LinkState,
  mark: Partial<Parameters<typeof openProgram>[1]>,
): Promise<Lesson | null> {
  const held = state.lesson && (await lessonOfLink(state.lesson));
  if (!held) {
    showNotice({ kind: "no-lesson", name: state.lesson?.name ?? "" });
    return null;
  }
  await openOnPage(held.lesson, held.number, held.origin, { state, mark });
  return held.lesson;
}

/**
 * Opens a link that holds a lesson without work. The link becomes the address under which the reader's own work goes on. false: the link
 * holds more.
 */
export async function openLinkedLesson(state: LinkState): Promise<boolean> {
  const { step, slot, view, views, breakpoints, lesson } = state;
  if ([step, slot, view, views, breakpoints].some((one) => one !== undefined)) return false;
  const held = lesson?.acts.length === 0 ? await lessonOfLink(lesson) : null;
  if (!held || held.lesson.state.source !== state.source) return false;
  await openOnPage(held.lesson, held.number, held.origin);
  return true;
}

/** The lesson that a link names or holds, and its origin. */
async function lessonOfLink({
  name,
  file = "",
  text = "",
  list,
}: LinkLesson): Promise<(NumberedLesson & { origin: Origin }) | null> {
  if (list) {
    const { title, entries, files, at } = list;
    const origin = { ...NO_ORIGIN, list: { title, entries }, files, at };
    const found = await lessonOfEntry(entries[at - 1] ?? "", origin);
    return found && { ...found, origin };
  }
  const own = text || (file === "" ? "" : ((await fileOf(file)) ?? ""));
  const parsed = own === "" ? await loadLesson(numberOf(name)) : parseLesson(idOfFile(name), own);
  if (!parsed?.ok) return null;
  return {
    lesson: parsed.lesson,
    number: own === "" ? numberOf(name) : OWN_LESSON,
    origin: { ...NO_ORIGIN, file, text },
  };
}

interface LinkAnswer {
  readonly state: LinkState;
  readonly mark: Partial<Parameters<typeof openProgram>[1]>;
}

async function openOnPage(
  lesson: Lesson,
  number: number,
  from: Partial<Origin & Pick<OpenLessonState, "talk" | "addressName">> = {},
  answer?: LinkAnswer,
): Promise<void> {
  const { source, progType, preset, maps, input, step, view, recipe } = lesson.state;
  const title = (language: "en" | "ja"): string => textOf(lesson, language)?.title ?? "";
  const { talk = false, addressName = "", ...given } = from;
  const origin: Origin = { ...NO_ORIGIN, ...given };
  const { file, list } = origin;
  const link = file === "" && (list || number === OWN_LESSON) ? await linkTo(lesson, number, origin) : "";
  const { kernel } = useKernel.getState();
  if (kernel) await bootFreshKernel(recipe);
  const hadSwitches = get().lesson?.state.recipe.includes(false) ?? false;
  const { draft } = progressOf(lesson.id);
  const work = keptWork(lesson);
  const showsOthersAnswer = answer !== undefined && differsFromOwnWork(answer.state, draft, work);
  // Work of an earlier visit is repeated, if its kernel can still be built.
  const own = !answer && work ? await ownTypeOf(work) : undefined;
  const again = own && work;
  set({ ...EMPTY, ...origin, lesson, number, addressName, talk, showsOthersAnswer, link });
  openProgram(answer?.state ?? again ?? { source: draft || source, progType, maps, input }, {
    lesson: number,
    title: { en: title("en"), ja: title("ja") },
    askedStep: step,
    askedPreset: preset,
    edited: !answer && draft !== "",
    ...own,
    ...answer?.mark,
  });
  beginJournal(source);
  if (answer) {
    if (!showsOthersAnswer) keepDraft(answer.state.source);
  } else showAddress(lessonAddress());
  // The switches of the recipe are shown if the lesson needs them.
  const needsSwitches = recipe.includes(false);
  restoreLayout(undefined, needsSwitches ? { kernel: "steps" } : hadSwitches ? { kernel: "run" } : undefined, true);
  showTab(view);
  showLesson();
  follow();
  judgeAnew();
  // When the page starts, the kernel is fresh. Only the steps of the recipe may differ.
  if (!kernel && !answer && !again && recipe.includes(false)) void bootFreshKernel(recipe);
  if (!again) return;
  setMapContents(again.contents ?? {}); // last: opening a program empties the maps
  void repeatActs(lesson, again.lesson.acts, step);
}

/** Whether a link's answer differs from what the reader has written and done here. */
const differsFromOwnWork = ({ source, lesson }: LinkState, draft: string, work: LinkState | undefined): boolean =>
  (draft !== "" && draft !== source) ||
  (work !== undefined && JSON.stringify(work.lesson?.acts) !== JSON.stringify(lesson?.acts));

/** What a link says about the open lesson, with what was done in it. */
export function lessonForLink(): LinkLesson | undefined {
  const { lesson, number, ...origin } = get();
  return lesson ? { ...originForLink(lesson, number, origin), acts: useJournal.getState().acts } : undefined;
}

/** The lesson's origin as a link holds it. */
function originForLink(
  lesson: Lesson,
  number: number,
  { file, text, list, files, at }: Origin,
): Omit<LinkLesson, "acts"> {
  const name = number > 0 ? nameOf(lesson.id) : lesson.id;
  if (list && file === "") return { name, list: { ...list, files, at } };
  if (number > 0) return { name };
  if (file === "") return { name, text };
  return { name, file: list ? file.replace(/[^/]*$/, list.entries[at - 1] ?? "") : file };
}

/** A link to the lesson as it opens. */
function linkTo(lesson: Lesson, number: number, origin: Origin): Promise<string> {
  const { source, progType, maps, input, preset } = lesson.state;
  return encodeLink({
    source,
    progType,
    maps,
    input,
    ...(preset !== DEFAULT_PRESET && { preset }),
    lesson: { ...originForLink(lesson, number, origin), acts: [] },
  });
}

function lessonAddress(): string {
  const { talk, file, list, at, number, addressName, link } = get();
  if (talk) return "#talk";
  if (link !== "") return link;
  if (file !== "") return `#file/${file}${list && at > 1 ? `:${at}` : ""}`;
  if (number <= 0 || list) return "";
  return addressName === "" ? addressOf(number) : `#lesson/${addressName}`;
}

// -------------------------------------------------------------------------------------------------------- drafts

let following = false;

function follow(): void {
  if (following) return;
  following = true;
  followGoals(get);
  useJournal.subscribe(({ acts }, before) => {
    const { lesson, number, showsOthersAnswer } = get();
    if (lesson && !showsOthersAnswer && acts !== before.acts && useProgram.getState().lesson === number)
      keepWork(lesson, acts);
  });
  useProgram.subscribe((now, before) => {
    if (now.lesson !== before.lesson && now.lesson !== get().number) set(EMPTY);
    else if (now.source !== before.source && now.edited) textEdited(now.source);
  });
}

/** The reader edited the text: an answer from a link becomes the reader's own, and the earlier draft goes to the last programs. */
function textEdited(source: string): void {
  const { lesson, showsOthersAnswer } = get();
  if (!lesson) return;
  if (showsOthersAnswer) {
    const { progType, input, maps } = lesson.state;
    const draft = { source: progressOf(lesson.id).draft, progType, input, maps };
    void import("../history/recent.ts").then(({ keepProgram }) => keepProgram(draft));
    set({ showsOthersAnswer: false });
  }
  showAddress(lessonAddress(), "replace");
  keepDraft(source);
}

/** Keeps each lesson's draft, also while other lessons are open and in later visits. */
function keepDraft(source: string): void {
  const { lesson, number } = get();
  if (!lesson || useProgram.getState().lesson !== number) return;
  noteProgress(lesson.id, { draft: source === lesson.state.source ? "" : source });
}

// --------------------------------------------------------------------------------------------------- guesses, blanks

export const guess = (place: number, value: number | string): void => {
  const { lesson } = get();
  if (lesson) noteProgress(lesson.id, { guesses: { ...progressOf(lesson.id).guesses, [place]: value } });
};

export const guessAgain = (place: number): void => {
  const { lesson } = get();
  if (!lesson) return;
  const { [place]: _, ...guesses } = progressOf(lesson.id).guesses;
  noteProgress(lesson.id, { guesses });
};

export const moreHints = (): void => {
  const { lesson } = get();
  if (lesson) noteProgress(lesson.id, { hints: progressOf(lesson.id).hints + 1 });
};

export const uncover = (blank: string): void => set((s) => ({ uncovered: new Set([...s.uncovered, blank]) }));
