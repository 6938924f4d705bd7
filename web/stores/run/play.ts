// Plays the run: one step after another at the chosen speed, each of them drawn, until a stop, the end, or another action of the reader on
// the run. Speed and register are kept on the device, never inside another page.
import { create } from "zustand";
import { keep, readKept } from "../page/device.ts";
import { useSettings } from "../page/settings.ts";
import { stops, useBreakpoints } from "./breakpoints.ts";
import { ensureRun, moveBy, moveTo, useMachine } from "./machine.ts";
import { sayStopped, wayEnd } from "./travel.ts";

/** Steps per second. `frame`: one per frame that the browser draws. */
export const SPEEDS = ["1", "2", "5", "10", "30", "60", "frame"] as const;
export type Speed = (typeof SPEEDS)[number];

export interface PlayState {
  readonly playing: boolean;
  readonly speed: Speed;
  /** The register whose changes are searched: 0 … 10. */
  readonly reg: number;
}

const KEY = "oreore.play";

export const usePlay = create<PlayState>()(() => ({ playing: false, speed: "5", reg: 0, ...read() }));
const { getState: get, setState: set } = usePlay;

export function chooseSpeed(speed: Speed): void {
  set({ speed });
  save();
}

export function chooseRegister(reg: number): void {
  set({ reg });
  save();
}

/** Counts the plays, so that an ended one does not go on beside the next. */
let plays = 0;

export const togglePlay = (): Promise<void> | void => (get().playing ? pause() : play());

export function pause(): void {
  plays++;
  set({ playing: false });
}

/** At the end of the run it begins anew. */
export async function play(): Promise<void> {
  const mine = ++plays;
  set({ playing: true });
  try {
    const run = await ensureRun();
    if (run && mine === plays) await playOn(() => mine === plays);
  } finally {
    if (mine === plays) set({ playing: false });
  }
}

async function playOn(isMine: () => boolean): Promise<void> {
  const { run } = useMachine.getState();
  if (useMachine.getState().position === run?.length) await moveTo(0);
  let here = useMachine.getState().position;
  /** The reader has not moved elsewhere. */
  const isThere = (): boolean =>
    isMine() && useMachine.getState().run === run && useMachine.getState().position === here;
  let asked = useBreakpoints.getState();
  let way = await wayEnd(stops(), here);
  let due = performance.now();
  while (way && isThere() && here < way.step) {
    const { speed } = get();
    const now = performance.now();
    due = speed === "frame" ? now : Math.max(due, now - FRAME_MS) + 1000 / Number(speed);
    await frameNear(due);
    if (!isThere()) return;
    if (asked !== useBreakpoints.getState()) {
      asked = useBreakpoints.getState();
      way = await wayEnd(stops(), here);
      continue;
    }
    await moveBy(1);
    here++;
  }
  if (way && isThere()) sayStopped(way.stop);
}

/** Milliseconds of one frame. A step drawn late by no more than this does not delay the next one. */
const FRAME_MS = 1000 / 60;

/** The frame that is nearest to a time (ms), but at least the next one. */
const frameNear = (due: number): Promise<void> =>
  new Promise((resolve) => {
    const look = (now: number): void => {
      const left = due - now - FRAME_MS / 2;
      if (left <= 0) resolve();
      else if (left > 4 * FRAME_MS) setTimeout(() => requestAnimationFrame(look), left - 2 * FRAME_MS);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

function save(): void {
  const { speed, reg } = get();
  if (!useSettings.getState().embed) keep(KEY, { speed, reg });
}

function read(): Partial<PlayState> {
  if (useSettings.getState().embed) return {};
  const { speed, reg } = (readKept(KEY) ?? {}) as { readonly speed?: unknown; readonly reg?: unknown };
  return {
    ...(SPEEDS.includes(speed as Speed) && { speed: speed as Speed }),
    ...(Number.isInteger(reg) && Number(reg) >= 0 && Number(reg) <= 10 && { reg: Number(reg) }),
  };
}
