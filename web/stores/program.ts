// What stands in the editor and around it: source, program type, maps, the text that will be written to the hook's file.
// Keeps the reader's draft safe: opening a link or an example puts it aside with a way back.
import { create } from "zustand";
import { type DefinitionInput, EXAMPLES, type MapInput, type ProgramInput, type Texts } from "../../engine/index.ts";
import type { LinkFault } from "../links/codec.ts";
import { type Draft, readDraft, shelve, writeDraft } from "./draft.ts";
import { useSettings } from "./settings.ts";

export type Notice =
  | { readonly kind: "link-fault"; readonly fault: LinkFault }
  | { readonly kind: "no-example"; readonly name: string }
  | { readonly kind: "no-lesson"; readonly number: number }
  | { readonly kind: "pasted"; readonly name: Texts }
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
  /** Name of the example that is open and untouched, "" otherwise. */
  readonly example: string;
  /** Lesson that is open, 0: none. */
  readonly lesson: number;
  readonly lessonTitle: Texts | null;
  /** A link asked for this step; taken once the run is there. */
  readonly askedStep: number | null;
  /** The preset that a link asked for. */
  readonly askedPreset: string;
  /** The program type of one's own that it is written for; null: OREORE, or what `askedPreset` says. */
  readonly askedDefinition: DefinitionInput | null;
  readonly aside: Draft | null;
  readonly notice: Notice | null;
}

const FIRST = exampleByName("plus42");

export const useProgram = create<ProgramState>()(() => ({
  source: FIRST?.program.source ?? "",
  progType: FIRST?.program.progType ?? "oreore",
  maps: FIRST?.program.maps ?? [],
  input: FIRST?.input ?? "10",
  revision: 1,
  opened: 1,
  example: "plus42",
  lesson: 0,
  lessonTitle: null,
  askedStep: null,
  askedPreset: "oreore",
  askedDefinition: null,
  aside: null,
  notice: null,
}));

const { getState: get, setState: set } = useProgram;

function exampleByName(name: string) {
  return EXAMPLES.find((example) => example.name === name);
}

export const programInput = (s: ProgramState): ProgramInput => ({
  source: s.source,
  progType: s.progType,
  maps: s.maps,
});

/** The reader typed. */
export function editSource(source: string): void {
  if (source === get().source) return;
  set((s) => ({ source, revision: s.revision + 1, example: "", askedStep: null }));
  forgetLink();
  saveSoon();
}

export function editInput(input: string): void {
  set({ input, askedStep: null });
  saveSoon();
}

export function chooseProgType(progType: string): void {
  set((s) => ({ progType, revision: s.revision + 1, example: "", askedStep: null }));
  forgetLink();
  saveSoon();
}

/** The kernel has changed under the program: it must be looked at again. */
export const recheck = (): void => set((s) => ({ revision: s.revision + 1 }));

/** The program is now written for this type of one's own; null: for OREORE. Kept with the draft. */
export const writtenFor = (definition: DefinitionInput | null): void => set({ askedDefinition: definition });

export const leaveLesson = (): void => set({ lesson: 0 });

export const noteWhat = (notice: Notice): void => set({ notice });

export const dismissNotice = (): void => set({ notice: null });

export function openExample(name: string): void {
  const example = exampleByName(name);
  if (!example) {
    set({ notice: { kind: "no-example", name } });
    return;
  }
  const { source, progType, maps } = example.program;
  openProgram({ source, progType, maps, input: example.input }, { example: name });
}

export async function openLesson(number: number): Promise<void> {
  const { lessonProgram } = await import("../lessons/lessons.ts");
  const lesson = lessonProgram(number);
  if (!lesson) {
    set({ notice: { kind: "no-lesson", number } });
    return;
  }
  openProgram(lesson, { lesson: number });
  set({ lessonTitle: lesson.title });
}

/** Back to what the last opening pushed aside. */
export function takeBack(): void {
  const { aside } = get();
  if (!aside) return;
  const leaving = draftOf(get());
  set((s) => ({ ...opening(s), ...programOf(aside), aside: leaving, notice: null }));
  forgetLink();
  saveSoon();
}

/** At the start: the draft of this tab, or of the last one, if there is any. */
export function restoreDraft(): void {
  const draft = readDraft();
  if (draft && !isPristine(draft)) set((s) => ({ ...opening(s), ...programOf(draft) }));
}

type Opened = Draft & { readonly maps: readonly MapInput[] };

/** Puts a program into the editor. What stood there is set aside, unless nothing would be lost. */
export function openProgram(
  { source, progType, maps, input }: Opened,
  mark: {
    readonly example?: string;
    readonly lesson?: number;
    readonly askedStep?: number | null;
    readonly askedPreset?: string;
    readonly askedDefinition?: DefinitionInput | null;
  },
): void {
  const before = draftOf(get());
  const keep = before.source !== source && !isPristine(before);
  if (keep) shelve(before);
  set((s) => ({
    ...opening(s),
    source,
    progType,
    maps,
    input,
    example: mark.example ?? "",
    lesson: mark.lesson ?? 0,
    askedStep: mark.askedStep ?? null,
    askedPreset: mark.askedPreset ?? "oreore",
    askedDefinition: mark.askedDefinition ?? null,
    aside: keep ? before : s.aside,
    notice: keep ? { kind: "set-aside" } : null,
  }));
}

const opening = (s: ProgramState) => ({ revision: s.revision + 1, opened: s.opened + 1, lesson: 0, askedStep: null });

const draftOf = ({ source, progType, input, askedDefinition }: ProgramState): Draft => ({
  source,
  progType,
  input,
  ...(askedDefinition && { definition: askedDefinition }),
});

const programOf = ({ source, progType, input, definition }: Draft) => ({
  source,
  progType,
  input,
  maps: [],
  example: "",
  askedPreset: "oreore",
  askedDefinition: definition ?? null,
});

/** Nothing would be lost: empty, or an example as it comes. */
function isPristine(draft: Draft): boolean {
  return draft.source.trim() === "" || EXAMPLES.some((example) => example.program.source === draft.source);
}

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

/** The program is no longer the one in the address: a reload must bring back the draft. */
function forgetLink(): void {
  if (!keepsDraft()) return;
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
}
