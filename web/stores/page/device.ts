// What the page keeps on the device, as JSON. localStorage is for all tabs, sessionStorage for this one. Whether anything is to be
// kept is for the caller to say: a page inside another page keeps nothing.

type Where = "local" | "session";
const storage = (where: Where): Storage => (where === "session" ? sessionStorage : localStorage);

/** What was kept, which may be anything. undefined: nothing, it is not JSON, or storage is not allowed. */
export function readKept(key: string, where: Where = "local"): unknown {
  try {
    const text = storage(where).getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** If there is no room, or storage is not allowed, nothing is kept. The page then has it for this visit only. */
export function keep(key: string, value: unknown, places: readonly Where[] = ["local"]): void {
  const text = JSON.stringify(value);
  for (const where of places)
    try {
      storage(where).setItem(key, text);
    } catch {
      // No room or not allowed.
    }
}

/** Storage that is not allowed has nothing to forget. */
export function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Not allowed.
  }
}
