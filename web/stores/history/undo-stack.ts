// Undo and redo of a state as a whole: the states before, the state now, and the undone states. Knows nothing about the page. Readonly:
// every function returns a new value.

export interface UndoStack<State> {
  readonly before: readonly State[];
  readonly now: State;
  readonly after: readonly State[];
  /** The kind of the change that led to `now`. A change of the same kind soon after is joined to it. */
  readonly kind: string;
  /** When that change began and when it was last extended, in ms. */
  readonly began: number;
  readonly at: number;
}

/** Changes of one kind with shorter pauses than this (ms) are one change. */
const PAUSE = 700;
/** Nobody makes two changes this fast (ms): they are two parts of one. */
const AT_ONCE = 30;
/** The longest change (ms), so that one undo does not take back a minute of typing. */
const LONGEST = 5000;
const MAX_STATES = 400;

const NO_CHANGE = { kind: "", began: 0, at: Number.NEGATIVE_INFINITY } as const;

export const newUndoStack = <State>(now: State): UndoStack<State> => ({ before: [], now, after: [], ...NO_CHANGE });

/** `at`: time in ms. */
export function recordState<State>(past: UndoStack<State>, now: State, kind: string, at: number): UndoStack<State> {
  const since = at - past.at;
  const joined = since < AT_ONCE || (kind === past.kind && since < PAUSE && at - past.began < LONGEST);
  return joined
    ? { ...past, now, after: [], at }
    : { before: [...past.before, past.now].slice(-MAX_STATES), now, after: [], kind, began: at, at };
}

/** null: there is nothing to undo. */
export function undo<State>({ before, now, after }: UndoStack<State>): UndoStack<State> | null {
  const last = before.at(-1);
  return last === undefined ? null : { before: before.slice(0, -1), now: last, after: [now, ...after], ...NO_CHANGE };
}

/** null: there is nothing to redo. */
export function redo<State>({ before, now, after }: UndoStack<State>): UndoStack<State> | null {
  const [next, ...rest] = after;
  return next === undefined ? null : { before: [...before, now], now: next, after: rest, ...NO_CHANGE };
}
