// Versions that the program can be compared with: before the last change, as last loaded, as last accepted by the verifier, as opened, and
// the last programs kept on the device. Followed by app/later.ts.
import { create } from "zustand";
import type { CompareView, ProgramInput } from "../../../engine/index.ts";
import { useVerdict } from "../check/verdict.ts";
import { answered, engine } from "../engine.ts";
import { isLoaded, useKernel } from "../kernel/kernel.ts";
import { programInput, useProgram } from "../program/program.ts";
import { loadRecent, useRecent } from "./recent.ts";
import { nameOf } from "./recent-list.ts";
import { isRestoring, programBefore } from "./undo.ts";

export type VersionKind = "change" | "loaded" | "accepted" | "opened" | "kept";

export interface Version {
  readonly id: string;
  readonly kind: VersionKind;
  readonly program: ProgramInput;
  /** For a program kept on the device: its name, and when it was kept, in ms since 1970. */
  readonly name: string;
  readonly at: number;
}

export interface VersionsState {
  /** The versions that differed from the current program when the comparison was opened. */
  readonly choices: readonly Version[];
  readonly chosen: Version | null;
  /** null: the comparison is being made, or there is nothing to compare with. */
  readonly view: CompareView | null;
}

export const useVersions = create<VersionsState>()(() => ({ choices: [], chosen: null, view: null }));
const { getState: get, setState: set } = useVersions;

/** How many loaded and accepted programs are remembered, newest first. The newest may be the current program. */
const MAX_REMEMBERED = 8;
let loaded: readonly ProgramInput[] = [];
let accepted: readonly ProgramInput[] = [];
let opened: ProgramInput | null = null;

const current = (): ProgramInput => programInput(useProgram.getState());
const isSame = (a: ProgramInput, b: ProgramInput): boolean =>
  a.source === b.source && a.progType === b.progType && JSON.stringify(a.maps) === JSON.stringify(b.maps);
const withNewest = (list: readonly ProgramInput[], one: ProgramInput): readonly ProgramInput[] =>
  [one, ...list.filter((other) => !isSame(other, one))].slice(0, MAX_REMEMBERED);

export function followVersions(): void {
  opened = current();
  useProgram.subscribe((now, before) => {
    if (now.openCount === before.openCount || isRestoring()) return;
    opened = current();
    loaded = [];
    accepted = [];
  });
  useKernel.subscribe((now, before) => {
    if (now.loaded !== before.loaded && isLoaded()) loaded = withNewest(loaded, current());
  });
  useVerdict.subscribe(({ check }, before) => {
    if (check === before.check || check?.verdict !== "accept") return;
    if (check.revision === useProgram.getState().revision) accepted = withNewest(accepted, current());
  });
}

/** The versions to compare with. Each program is listed once, under its first name. */
function versions(): readonly Version[] {
  const now = current();
  const refused = useVerdict.getState().check?.verdict !== "accept";
  const other = (list: readonly ProgramInput[]): ProgramInput[] => list.filter((one) => !isSame(one, now)).slice(0, 1);
  const before = programBefore((kept) => kept.source !== now.source || kept.progType !== now.progType);
  const own = [
    ...(before ? [["change", { ...now, ...before }] as const] : []),
    ...other(loaded).map((program) => ["loaded", program] as const),
    ...(refused ? other(accepted).map((program) => ["accepted", program] as const) : []),
    ...(opened ? other([opened]).map((program) => ["opened", program] as const) : []),
  ].map(([kind, program]): Version => ({ id: kind, kind, program, name: "", at: 0 }));
  const kept = useRecent.getState().programs.map(
    ({ id, at, draft }): Version => ({
      id,
      kind: "kept",
      program: { source: draft.source, progType: draft.progType, maps: draft.maps ?? [] },
      name: nameOf(draft.source),
      at,
    }),
  );
  return [...own, ...kept].filter(
    ({ program }, i, all) => !isSame(program, now) && all.findIndex((one) => isSame(one.program, program)) === i,
  );
}

/** Compares with the first version of the list. */
export async function openComparison(): Promise<void> {
  set({ choices: [], chosen: null, view: null });
  await loadRecent();
  set({ choices: versions() });
  const first = get().choices[0];
  if (first) await compareWithVersion(first.id);
}

export async function compareWithVersion(id: string): Promise<void> {
  const chosen = get().choices.find((one) => one.id === id);
  if (!chosen) return;
  set({ chosen, view: null });
  const view = await answered(engine().api.tools.compare(chosen.program, current()));
  if (view && get().chosen === chosen) set({ view });
}
