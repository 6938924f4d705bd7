// An answer of the engine about the current program. Asked anew with each revision. Late answers about older revisions are dropped.
import { useEffect, useState } from "react";

/** Milliseconds without an edit before slow questions are asked, so that they are not asked at each letter. */
export const QUIET = 700;

interface Answer<T> {
  readonly of: number;
  readonly answer: T;
}

/**
 * The last answer, which may be about an older revision. `ask` must always be the same function. `wait`: milliseconds before it is asked.
 */
export function useAnswer<T>(revision: number, ask: (revision: number) => Promise<T>, wait = 0): Answer<T> | null {
  const [found, set] = useState<Answer<T> | null>(null);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(async () => {
      const answer = await ask(revision);
      if (wanted) set({ of: revision, answer });
    }, wait);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [revision, ask, wait]);
  return found;
}
