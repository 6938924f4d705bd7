// What stands in the editor and around it: source, program type, maps, the text that will be written to the hook's file.
// Keeps the reader's draft safe: opening a link or an example puts it aside with a way back.
import { create } from "zustand";
import {
  type DefinitionInput,
  type ExampleView,
  FIRST_EXAMPLE,
  type MapInput,
  type ProgramInput,
  type Texts,
} from "../../../engine/index.ts";
import type { LinkFault } from "../../links/codec.ts";
import { useSettings } from "../page/settings.ts";
import { type Draft, readDraft, writeDraft } from "./draft.ts";
import { useContents } from "./map-contents.ts";

export type Notice =
  | { readonly kind: "link-fault"; readonly fault: LinkFault }
  | { readonly kind: "no-example"; readonly name: string }
  | { readonly kind: "no-lesson"; readonly name: string }
  | { readonly kind: "pasted"; readonly name: Texts }
  | { readonly kind: "said"; readonly words: Texts; readonly bad: boolean }
  | { readonly kind: "edited-example"; readonly name: string }
  | { readonly kind: "set-aside" };

export interface ProgramState {
  readonly source: string;
  readonly progType: string;
  readonly maps: readonly MapInput[];
  readonly input: string;
  /** Counts changes of source, type or maps; answers of the engine carry it. */
  readonly revision: number;
  /** Counts programs opened from elsewhere: the editor then takes `source` instead of giving it. */
  readonly opened: number;
  /** Counts texts that a command wrote in place of the reader's: the editor takes `source` as one step of undo. */
  readonly written: number;
  /** Name of the example that is open and untouched, "" otherwise. */
  readonly example: string;
  /** Name of the example that it began as, edited or not; "": it began otherwise. */
  readonly from: string;
  /** The text, the type or the maps are the reader's own work: something would be lost with them. */
  readonly edited: boolean;
  /** Lesson that is open, 0: none, OWN_LESSON: one from a file. */
  readonly lesson: number;
  /** What the program is called where it comes from: an example, a lesson. */
  readonly title: Texts | null;
  /** A link asked for this step; taken once the run is there. */
  readonly askedStep: number | null;
  /** The preset that a link asked for. */
  readonly askedPreset: string;
  /** The program type of one's own that it is written for; null: OREORE, or what `askedPreset` says. */
  readonly askedDefinition: DefinitionInput | null;
  /** The verifier's log that the source was rebuilt from, shown until the source is edited; "": none. */
  readonly pasted: string;
  readonly aside: Draft | null;
  readonly notice: Notice | null;
}

/** In place of a lesson's number: one that was opened from a file. */
export const OWN_LESSON = -1;

export const useProgram = create<ProgramState>()(() => ({
  source: FIRST_EXAMPLE.program.source,
  progType: FIRST_EXAMPLE.program.progType,
  maps: FIRST_EXAMPLE.program.maps,
  input: FIRST_EXAMPLE.input,
  revision: 1,
  opened: 1,
  written: 0,
  example: FIRST_EXAMPLE.name,
  from: FIRST_EXAMPLE.name,
  edited: false,
  lesson: 0,
  title: FIRST_EXAMPLE.title,
  askedStep: null,
  askedPreset: "oreore",
  askedDefinition: null,
  pasted: "",
  aside: null,
  notice: null,
}));

const { getState: get, setState: set } = useProgram;

export const programInput = (s: ProgramState): ProgramInput => ({
  source: s.source,
  progType: s.progType,
  maps: s.maps,
  contents: useContents.getState().of,
  ...(s.pasted !== "" && { pasted: s.pasted }),
});

/** The reader typed. */
export const editSource = (source: string): void => takeSource(source, 0);

/** A command changed the text, as one step that undo takes back: a fix was applied, an empty text was filled. */
export const writeSource = (source: string): void => takeSource(source, 1);

function takeSource(source: string, written: 0 | 1): void {
  if (source === get().source) return;
  set((s) => ({
    source,
    revision: s.revision + 1,
    written: s.written + written,
    example: "",
    edited: true,
    askedStep: null,
    pasted: "",
  }));
  forgetLink();
  saveSoon();
}

/** The program that was rebuilt from a log is verified here. */
export function leaveLog(): void {
  set((s) => ({ pasted: "", revision: s.revision + 1 }));
  saveSoon();
}

export function editInput(input: string): void {
  set({ input, askedStep: null });
  saveSoon();
}

export function chooseProgType(progType: string): void {
  set((s) => ({ progType, revision: s.revision + 1, example: "", edited: true, askedStep: null, pasted: "" }));
  forgetLink();
  saveSoon();
}

/** The kernel has changed under the program: it must be looked at again. */
export const recheck = (): void => set((s) => ({ revision: s.revision + 1 }));

/** The program is now written for this type of one's own; null: for OREORE. Kept with the draft. */
export const writtenFor = (definition: DefinitionInput | null): void => set({ askedDefinition: definition });

export function leaveLesson(): void {
  set({ lesson: 0 });
  forgetLink();
}

export const noteWhat = (notice: Notice): void => set({ notice });

export const dismissNotice = (): void => set({ notice: null });

/** The first example is there at once; the others come with the gallery. */
async function exampleByName(name: string): Promise<ExampleView | undefined> {
  if (name === FIRST_EXAMPLE.name) return FIRST_EXAMPLE;
  const { EXAMPLES } = await import("../../gallery/examples.ts");
  return EXAMPLES.find((example) => example.name === name);
}

/** `by`: what asked for it. A press puts it into the address; at the start, the same example as the reader changed it stays. */
export async function openExample(name: string, by: "press" | "address" | "start" = "press"): Promise<void> {
  const { from, edited } = get();
  if (by === "start" && edited && from === name) {
    set({ notice: { kind: "edited-example", name } });
    return;
  }
  const example = await exampleByName(name);
  if (!example) {
    set({ notice: { kind: "no-example", name } });
    return;
  }
  const { source, progType, maps } = example.program;
  openProgram({ source, progType, maps, input: example.input }, { example: name, title: example.title });
  if (by === "press") showAddress(`#example/${name}`);
}

/** The lesson of a number, from 1. */
export const openLesson = async (number: number): Promise<void> =>
  (await import("../lesson/lesson.ts")).openLesson(number);

/** A lesson by its number or name, as an address has it. */
export const openNamed = async (name: string): Promise<void> => (await import("../lesson/lesson.ts")).openNamed(name);

/** A lesson, or a list of them, that stands on this site; `at`: which of the list. */
export const openSite = async (path: string, at: number): Promise<void> =>
  (await import("../lesson/lesson.ts")).openSite(path, at);

/** The first lesson that is not solved yet. */
export const resumeLessons = async (): Promise<void> => (await import("../lesson/lesson.ts")).resumeLessons();

/** The talk, from its first slide on. */
export const openTalk = async (): Promise<void> => (await import("../lesson/lesson.ts")).openTalk();

/** Back to what the last opening pushed aside. */
export function takeBack(): void {
  const { aside } = get();
  if (!aside) return;
  const leaving = draftOf(get());
  shelve(leaving, get().opened);
  set((s) => ({ ...opening(s), ...programOf(aside), edited: true, aside: leaving, notice: null }));
  forgetLink();
  saveSoon();
}

/** Where the way back leads to a page without an address: the reader's own program, or the one that the page starts with. */
export const backToNoAddress = async (): Promise<void> =>
  get().aside ? takeBack() : openExample(FIRST_EXAMPLE.name, "address");

/** A program of the reader's own from the list of the last ones. */
export const openDraft = (draft: Draft): void =>
  openProgram(
    { ...draft, maps: draft.maps ?? [] },
    { askedDefinition: draft.definition ?? null, ...(draft.pasted && { pasted: draft.pasted }) },
  );

/** Puts back what undo or redo kept; the editor follows. */
export function restoreProgram(
  kept: Pick<ProgramState, "source" | "progType" | "maps" | "input" | "askedDefinition" | "askedPreset" | "pasted">,
): void {
  set((s) => ({ ...opening(s), lesson: s.lesson, ...kept, example: "", edited: true }));
  forgetLink();
  saveSoon();
}

/** At the start: the draft of this tab, or of the last one, if there is any. */
export function restoreDraft(): void {
  const draft = readDraft();
  if (draft && draft.source.trim() !== "") set((s) => ({ ...opening(s), ...programOf(draft), edited: true }));
}

type Opened = Pick<Draft, "source" | "progType" | "input"> & { readonly maps: readonly MapInput[] };

/** Puts a program into the editor. What stood there is set aside, unless nothing would be lost. */
export function openProgram(
  { source, progType, maps, input }: Opened,
  mark: {
    readonly example?: string;
    readonly lesson?: number;
    /** What is opened is the reader's own work: a lesson's draft. */
    readonly edited?: boolean;
    readonly title?: Texts;
    readonly askedStep?: number | null;
    readonly askedPreset?: string;
    readonly askedDefinition?: DefinitionInput | null;
    readonly pasted?: string;
  },
): void {
  const before = draftOf(get());
  const keep = get().edited && before.source !== source && before.source.trim() !== "";
  if (keep) shelve(before, get().opened);
  // From one lesson to the next nobody wants to be told: what was written stands in the list of the last programs.
  const quiet = get().lesson !== 0 && mark.lesson !== undefined;
  set((s) => ({
    ...opening(s),
    source,
    progType,
    maps,
    input,
    example: mark.example ?? "",
    from: mark.example ?? "",
    edited: mark.edited ?? false,
    lesson: mark.lesson ?? 0,
    title: mark.title ?? null,
    askedStep: mark.askedStep ?? null,
    askedPreset: mark.askedPreset ?? "oreore",
    askedDefinition: mark.askedDefinition ?? null,
    pasted: mark.pasted ?? "",
    aside: keep && !quiet ? before : s.aside,
    notice: keep && !quiet ? { kind: "set-aside" } : null,
  }));
  if (mark.pasted === undefined) return;
  // What was pasted is the reader's own: no address stands for it. The editor has taken it as another text by now.
  set({ edited: true });
  forgetLink();
  saveSoon();
}

const opening = (s: ProgramState) => ({
  revision: s.revision + 1,
  opened: s.opened + 1,
  lesson: 0,
  askedStep: null,
  pasted: "",
});

export const draftOf = ({ source, progType, input, maps, from, askedDefinition, pasted }: ProgramState): Draft => ({
  source,
  progType,
  input,
  ...(from !== "" && { from }),
  ...(maps.length > 0 && { maps }),
  ...(askedDefinition && { definition: askedDefinition }),
  ...(pasted !== "" && { pasted }),
});

/** Into the list of the last programs, which is not needed to show the page. */
const shelve = (draft: Draft, opened: number): void =>
  void import("../history/recent.ts").then(({ keepProgram }) => keepProgram(draft, opened));

const programOf = ({ source, progType, input, maps = [], from = "", definition, pasted = "" }: Draft) => ({
  source,
  progType,
  input,
  maps,
  example: "",
  from,
  askedPreset: "oreore",
  askedDefinition: definition ?? null,
  pasted,
});

let timer: ReturnType<typeof setTimeout> | undefined;

/** A page inside another one keeps no draft: it shows what its address says. */
const keepsDraft = (): boolean => !useSettings.getState().embed;

function saveSoon(): void {
  if (!keepsDraft()) return;
  clearTimeout(timer);
  timer = setTimeout(saveNow, 300);
}

/** Also called when the page is put away: the last keystrokes count. */
export function saveNow(): void {
  if (timer === undefined) return;
  clearTimeout(timer);
  timer = undefined;
  writeDraft(draftOf(get()));
}

/** The program is no longer the one in the address. An example that was edited keeps its own, as does a lesson: a reload brings the draft. */
function forgetLink(): void {
  const { from, lesson } = get();
  if (lesson !== 0 || (from !== "" && location.hash === `#example/${from}`)) return;
  showAddress("", "replace");
}

/**
 * The address of what was opened, or "" for the reader's own draft; `push`: the way back leads to what stood there before.
 * Inside another page it stays.
 */
export function showAddress(hash: string, how: "push" | "replace" = "push"): void {
  if (!keepsDraft() || location.hash === hash) return;
  const address = location.pathname + location.search + hash;
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}
