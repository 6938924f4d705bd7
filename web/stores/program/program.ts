// The editor's program and its settings: source, program type, maps, the text of the input. Keeps the reader's draft safe: opening a link
// or an example sets it aside, with a way back.
import { create } from "zustand";
import {
  DEFAULT_PRESET,
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
import { useMapContents } from "./map-contents.ts";

export type Notice =
  | { readonly kind: "link-fault"; readonly fault: LinkFault }
  | { readonly kind: "no-example"; readonly name: string }
  | { readonly kind: "no-lesson"; readonly name: string }
  | { readonly kind: "pasted"; readonly name: Texts }
  | { readonly kind: "said"; readonly words: Texts; readonly bad: boolean }
  | { readonly kind: "edited-example"; readonly name: string }
  | { readonly kind: "not-copied" }
  | { readonly kind: "set-aside" };

export interface ProgramState {
  readonly source: string;
  readonly progType: string;
  readonly maps: readonly MapInput[];
  readonly input: string;
  /** Counts changes of source, type or maps. Answers of the engine carry it. */
  readonly revision: number;
  /** Counts programs opened from elsewhere. After each, the editor takes `source`. */
  readonly openCount: number;
  /** Counts texts written by a command. After each, the editor takes `source` as one step of undo. */
  readonly commandEdits: number;
  /** Name of the open, unedited example. "": none. */
  readonly example: string;
  /** Name of the example from which it began, edited or not. "": none. */
  readonly from: string;
  /** The text, type or maps are the reader's own work that would be lost. */
  readonly edited: boolean;
  /** Number of the open lesson. 0: none. OWN_LESSON: one from a file. */
  readonly lesson: number;
  /** The title of the example or lesson from which the program comes. */
  readonly title: Texts | null;
  /** The step that a link asked for. Cleared when the run is there. */
  readonly askedStep: number | null;
  /** The preset that a link asked for. */
  readonly askedPreset: string;
  /** The reader's own program type that it is written for. null: OREORE, or that of `askedPreset`. */
  readonly askedDefinition: DefinitionInput | null;
  /** The verifier's log from which the source was rebuilt, shown until the source is edited. "": none. */
  readonly pasted: string;
  readonly setAsideDraft: Draft | null;
  readonly notice: Notice | null;
}

/** Lesson number of a lesson that was opened from a file. */
export const OWN_LESSON = -1;

export const useProgram = create<ProgramState>()(() => ({
  source: FIRST_EXAMPLE.program.source,
  progType: FIRST_EXAMPLE.program.progType,
  maps: FIRST_EXAMPLE.program.maps,
  input: FIRST_EXAMPLE.input,
  revision: 1,
  openCount: 1,
  commandEdits: 0,
  example: FIRST_EXAMPLE.name,
  from: FIRST_EXAMPLE.name,
  edited: false,
  lesson: 0,
  title: FIRST_EXAMPLE.title,
  askedStep: null,
  askedPreset: DEFAULT_PRESET,
  askedDefinition: null,
  pasted: "",
  setAsideDraft: null,
  notice: null,
}));

const { getState: get, setState: set } = useProgram;

export const programInput = (s: ProgramState): ProgramInput => ({
  source: s.source,
  progType: s.progType,
  maps: s.maps,
  contents: useMapContents.getState().byMap,
  ...(s.pasted !== "" && { pasted: s.pasted }),
});

/** Whether both are the same program with the same maps, whatever the maps hold. */
export const isSameProgram = (a: ProgramInput, b: ProgramInput): boolean =>
  a.source === b.source &&
  a.progType === b.progType &&
  a.pasted === b.pasted &&
  JSON.stringify(a.maps) === JSON.stringify(b.maps);

/** The reader typed. */
export const editSource = (source: string): void => takeSource(source, 0);

/** A command changed the text, as one step of undo: a fix was applied, an empty text was filled. */
export const writeSource = (source: string): void => takeSource(source, 1);

function takeSource(source: string, commandEdits: 0 | 1): void {
  if (source === get().source) return;
  set((s) => ({
    source,
    revision: s.revision + 1,
    commandEdits: s.commandEdits + commandEdits,
    example: "",
    edited: true,
    askedStep: null,
    pasted: "",
  }));
  forgetLink();
  saveSoon();
}

/** Leaves the pasted log: our verifier checks the rebuilt program. */
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

/** The kernel has changed, so the program must be checked again. */
export const recheck = (): void => set((s) => ({ revision: s.revision + 1 }));

/** Notes that the program is written for this type of the reader's own. null: for OREORE. Kept with the draft. */
export const setAskedDefinition = (definition: DefinitionInput | null): void => set({ askedDefinition: definition });

export function leaveLesson(): void {
  set({ lesson: 0 });
  forgetLink();
}

export const showNotice = (notice: Notice): void => set({ notice });

export const dismissNotice = (): void => set({ notice: null });

/** The first example is there at once. The others come with the gallery. */
async function exampleByName(name: string): Promise<ExampleView | undefined> {
  if (name === FIRST_EXAMPLE.name) return FIRST_EXAMPLE;
  const { EXAMPLES } = await import("../../gallery/examples.ts");
  return EXAMPLES.find((example) => example.name === name);
}

/** `by`: what asked for it. "press" also puts it into the address. "start" keeps the reader's edited version of the same example. */
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

/** Opens a lesson by its number, from 1. */
export const openLesson = async (number: number): Promise<void> =>
  (await import("../lesson/lesson.ts")).openLesson(number);

/** Opens a lesson by its number or name, as an address has it. */
export const openNamed = async (name: string): Promise<void> => (await import("../lesson/lesson.ts")).openNamed(name);

/** Opens a lesson or a list of lessons on this site. `at`: which one of the list. */
export const openSite = async (path: string, at: number): Promise<void> =>
  (await import("../lesson/lesson.ts")).openSite(path, at);

/** Opens the first lesson that is not solved yet. */
export const resumeLessons = async (): Promise<void> => (await import("../lesson/lesson.ts")).resumeLessons();

/** Opens the talk at its first slide. */
export const openTalk = async (): Promise<void> => (await import("../lesson/lesson.ts")).openTalk();

/** Opens the program again that the last opening set aside. */
export function restoreSetAside(): void {
  const { setAsideDraft } = get();
  if (!setAsideDraft) return;
  const leaving = draftOf(get());
  keepInHistory(leaving, get().openCount);
  set((s) => ({ ...openedState(s), ...programOf(setAsideDraft), edited: true, setAsideDraft: leaving, notice: null }));
  forgetLink();
  saveSoon();
}

/** For going back to a page without an address: opens the reader's own program, or the one with which the page starts. */
export const backToNoAddress = async (): Promise<void> =>
  get().setAsideDraft ? restoreSetAside() : openExample(FIRST_EXAMPLE.name, "address");

/** Opens a program of the reader's own from the list of the last programs. */
export const openDraft = (draft: Draft): void =>
  openProgram(
    { ...draft, maps: draft.maps ?? [] },
    { askedDefinition: draft.definition ?? null, ...(draft.pasted && { pasted: draft.pasted }) },
  );

/** Restores what undo or redo kept. The editor follows. */
export function restoreProgram(
  kept: Pick<ProgramState, "source" | "progType" | "maps" | "input" | "askedDefinition" | "askedPreset" | "pasted">,
): void {
  set((s) => ({ ...openedState(s), lesson: s.lesson, ...kept, example: "", edited: true }));
  forgetLink();
  saveSoon();
}

/** At the start of the page: opens the draft of this tab, or of the last tab, if there is one. */
export function restoreDraft(): void {
  const draft = readDraft();
  if (draft && draft.source.trim() !== "") set((s) => ({ ...openedState(s), ...programOf(draft), edited: true }));
}

type Opened = Pick<Draft, "source" | "progType" | "input"> & { readonly maps: readonly MapInput[] };

/** Opens a program in the editor. The program before it is set aside if work would be lost. */
export function openProgram(
  { source, progType, maps, input }: Opened,
  mark: {
    readonly example?: string;
    readonly lesson?: number;
    /** The opened program is the reader's own work: a lesson's draft. */
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
  if (keep) keepInHistory(before, get().openCount);
  // From lesson to lesson no notice is shown. What was written is in the list of the last programs.
  const quiet = get().lesson !== 0 && mark.lesson !== undefined;
  set((s) => ({
    ...openedState(s),
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
    askedPreset: mark.askedPreset ?? DEFAULT_PRESET,
    askedDefinition: mark.askedDefinition ?? null,
    pasted: mark.pasted ?? "",
    setAsideDraft: keep && !quiet ? before : s.setAsideDraft,
    notice: keep && !quiet ? { kind: "set-aside" } : null,
  }));
  if (mark.pasted === undefined) return;
  // A pasted program is the reader's own and has no address. By now the editor has taken it as a new text.
  set({ edited: true });
  forgetLink();
  saveSoon();
}

const openedState = (s: ProgramState) => ({
  revision: s.revision + 1,
  openCount: s.openCount + 1,
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

/** Adds to the list of the last programs, which is not needed to show the page. */
const keepInHistory = (draft: Draft, openCount: number): void =>
  void import("../history/recent.ts").then(({ keepProgram }) => keepProgram(draft, openCount));

const programOf = ({ source, progType, input, maps = [], from = "", definition, pasted = "" }: Draft) => ({
  source,
  progType,
  input,
  maps,
  example: "",
  from,
  askedPreset: DEFAULT_PRESET,
  askedDefinition: definition ?? null,
  pasted,
});

let timer: ReturnType<typeof setTimeout> | undefined;

/** A page inside another page keeps no draft: it shows what its address says. */
const keepsDraft = (): boolean => !useSettings.getState().embed;

function saveSoon(): void {
  if (!keepsDraft()) return;
  clearTimeout(timer);
  timer = setTimeout(saveNow, 300);
}

/** Also called when the page is hidden, so that the last keystrokes are saved. */
export function saveNow(): void {
  if (timer === undefined) return;
  clearTimeout(timer);
  timer = undefined;
  writeDraft(draftOf(get()));
}

/** The program is no longer the one in the address. An edited example and a lesson keep their address: a reload brings the draft. */
function forgetLink(): void {
  const { from, lesson } = get();
  if (lesson !== 0 || (from !== "" && location.hash === `#example/${from}`)) return;
  showAddress("", "replace");
}

/**
 * Sets the address of what was opened, or "" for the reader's own draft. "push": the browser's back button leads to the address before.
 * Inside another page the address stays.
 */
export function showAddress(hash: string, how: "push" | "replace" = "push"): void {
  if (!keepsDraft() || location.hash === hash) return;
  const address = location.pathname + location.search + hash;
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}
