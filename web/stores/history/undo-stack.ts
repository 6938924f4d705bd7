// Undo and redo of a state as a whole: what was, what is, what was taken back. Knows nothing of the page.
// Readonly; every function gives a new value.

export interface Past<State> {
  readonly before: readonly State[];
  readonly now: State;
  readonly after: readonly State[];
  /** What kind of change led to `now`: one of the same kind soon after belongs to it. */
  readonly kind: string;
  /** When that change began and was last added to, in ms. */
  readonly began: number;
  readonly at: number;
}

/** Changes of one kind that follow each other faster are one. */
const PAUSE = 700;
/** Nobody makes two changes so fast: they are two parts of one. */
const AT_ONCE = 30;
/** One is not to undo for a minute without an end. */
const LONGEST = 5000;
const KEPT = 400;

const STILL = { kind: "", began: 0, at: Number.NEGATIVE_INFINITY } as const;

export const startPast = <State>(now: State): Past<State> => ({ before: [], now, after: [], ...STILL });

/** `at` in ms. */
export function record<State>(past: Past<State>, now: State, kind: string, at: number): Past<State> {
  const since = at - past.at;
  const joined = since < AT_ONCE || (kind === past.kind && since < PAUSE && at - past.began < LONGEST);
  return joined
    ? { ...past, now, after: [], at }
    : { before: [...past.before, past.now].slice(-KEPT), now, after: [], kind, began: at, at };
}

/** Null: there is nothing to take back. */
export function undo<State>({ before, now, after }: Past<State>): Past<State> | null {
  const last = before.at(-1);
  return last === undefined ? null : { before: before.slice(0, -1), now: last, after: [now, ...after], ...STILL };
}

/** Null: nothing was taken back. */
export function redo<State>({ before, now, after }: Past<State>): Past<State> | null {
  const [next, ...rest] = after;
  return next === undefined ? null : { before: [...before, now], now: next, after: rest, ...STILL };
}
