// What the engine answers about the program as it stands: asked anew with each revision, late answers to an older one are dropped.
import { useEffect, useState } from "react";

/** Milliseconds after which a text counts as written: what takes long is asked then, not at each letter. */
export const QUIET = 700;

interface Answer<T> {
  readonly of: number;
  readonly answer: T;
}

/** The last answer, which may be of an older revision. `ask` is one function for good; `wait`: milliseconds before it is asked. */
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
