// Presenting: how large, whether values are asked for before they are shown, the sentence of the step that stands, and what
// the speaker's window is told. Loaded when someone presents.
import { create } from "zustand";
import type { SaidView } from "../../engine/index.ts";
import { LESSON_IDS, textOf } from "../lessons/index.ts";
import type { Point } from "../lessons/lesson.ts";
import { answered, engine } from "./engine.ts";
import { advance, useLesson } from "./lesson.ts";
import { useMachine } from "./machine.ts";
import { useProgram } from "./program.ts";
import { useSettings } from "./settings.ts";

export const SCALES = { least: 1, most: 2.5, by: 0.15, first: 1.35 } as const;

export interface PresentState {
  /** Of all type, 1.0 … 2.5. */
  readonly scale: number;
  /** A value that a step wrote is covered until it is clicked. */
  readonly ask: boolean;
  /** What the last step did; at the start of a run, what comes. */
  readonly said: SaidView | null;
  /** Register whose value is covered, -1: none. */
  readonly covered: number;
  /** Milliseconds since 1970, when presenting began. */
  readonly since: number;
}

const KEY = "oreore.present";
export const usePresent = create<PresentState>()(() => ({
  scale: SCALES.first,
  ask: false,
  ...read(),
  said: null,
  covered: -1,
  since: Date.now(),
}));
const { getState: get, setState: set } = usePresent;

/** `by` steps of size; the page follows. */
export function resize(by: number): void {
  const scale = Math.min(SCALES.most, Math.max(SCALES.least, Math.round((get().scale + by * SCALES.by) * 100) / 100));
  set({ scale });
  save();
}
export function toggleAsking(): void {
  set((s) => ({ ask: !s.ask, covered: -1 }));
  save();
}
export const showValue = (): void => set({ covered: -1 });
export const restartClock = (): void => set({ since: Date.now() });

function save(): void {
  try {
    const { scale, ask } = get();
    localStorage.setItem(KEY, JSON.stringify({ scale, ask }));
  } catch {
    // No room or not allowed: it holds for this visit.
  }
}

function read(): Partial<PresentState> {
  try {
    const saved = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Record<keyof PresentState, unknown>>;
    const { scale, ask } = saved;
    return {
      ...(typeof scale === "number" && scale >= SCALES.least && scale <= SCALES.most ? { scale } : {}),
      ...(typeof ask === "boolean" ? { ask } : {}),
    };
  } catch {
    return {};
  }
}

// ------------------------------------------------------------------------------------------------ what a step did

/** Follows the run, and tells the speaker's window; returns what ends it. */
export function startPresenting(): () => void {
  let asked = 0;
  const say = async (): Promise<void> => {
    const { run, position } = useMachine.getState();
    const mine = ++asked;
    if (!run) return set({ said: null, covered: -1 });
    const said = await answered(engine().api.runs.say(run.run, position));
    if (mine !== asked) return;
    const changed = position > 0 ? useMachine.getState().view?.changed[0] : undefined;
    set({ said: said ?? null, covered: get().ask && changed ? changed.reg : -1 });
  };
  const channel = openChannel();
  const tell = (): void => channel?.postMessage(view());
  if (channel)
    channel.onmessage = ({ data }: MessageEvent<SpeakerAsks>) => {
      if (data.kind === "hello") tell();
      else if (data.kind === "advance") void advance(data.by);
      else if (data.kind === "restart") restartClock();
    };
  const stops = [
    useMachine.subscribe((now, before) => {
      if (now.view !== before.view || now.run !== before.run) void say();
    }),
    usePresent.subscribe(tell),
    useLesson.subscribe(tell),
    useMachine.subscribe(tell),
    useSettings.subscribe(tell),
  ];
  set({ since: Date.now() });
  void say();
  return () => {
    for (const stop of stops) stop();
    channel?.postMessage({ kind: "bye" } satisfies SpeakerIs);
    channel?.close();
  };
}

// ----------------------------------------------------------------------------------------------- the speaker's window

export interface SpeakerView {
  readonly kind: "view";
  readonly language: "en" | "ja";
  /** 0: no lesson. */
  readonly number: number;
  readonly lessons: number;
  readonly title: string;
  readonly point: number;
  readonly points: number;
  /** Of this point, or of the last one before it that has some. */
  readonly notes: string;
  readonly now: Point | null;
  readonly next: Point | null;
  readonly step: number;
  readonly steps: number;
  /** What the last step did, and the instruction that comes. */
  readonly said: string;
  readonly insn: string;
  readonly since: number;
}
export type SpeakerIs = SpeakerView | { readonly kind: "bye" };
export type SpeakerAsks =
  | { readonly kind: "hello" }
  | { readonly kind: "advance"; readonly by: 1 | -1 }
  | { readonly kind: "restart" };

const ID_KEY = "oreore.speaker";

/** Names this tab, so that two that present do not speak to one speaker's window. */
function speakerId(): string {
  try {
    const saved = sessionStorage.getItem(ID_KEY);
    if (saved) return saved;
    const fresh = crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? "1";
    sessionStorage.setItem(ID_KEY, fresh);
    return fresh;
  } catch {
    return "1";
  }
}
export const channelName = (id: string): string => `oreore.present.${id}`;

function openChannel(): BroadcastChannel | undefined {
  return typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(channelName(speakerId()));
}

export function openSpeaker(): void {
  const { pathname } = location;
  window.open(`${pathname}?speaker=${speakerId()}`, "oreore-speaker", "popup,width=900,height=640");
}

function view(): SpeakerView {
  const { language } = useSettings.getState();
  const { lesson, number, point } = useLesson.getState();
  const { run, position, view: step } = useMachine.getState();
  const shown = lesson && textOf(lesson, language);
  const points = shown?.points ?? [];
  return {
    kind: "view",
    language,
    number: Math.max(number, 0),
    lessons: LESSON_IDS.length,
    title: shown?.title ?? useProgram.getState().title?.[language] ?? "",
    point,
    points: points.length,
    notes: points.slice(0, point).findLast(({ notes }) => notes !== "")?.notes ?? "",
    now: points[point - 1] ?? null,
    next: points[point] ?? null,
    step: position,
    steps: run?.length ?? 0,
    said: position > 0 ? (get().said?.[language] ?? "") : "",
    insn: step?.text ?? "",
    since: get().since,
  };
}
