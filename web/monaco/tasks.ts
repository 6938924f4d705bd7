// Long work in parts.

/** Resolves in a later task of the browser, so that a key or a touch in between need not wait. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Resolves after the next picture is drawn. In a hidden page, where none is drawn, after a tenth of a second. */
export const nextFrame = (): Promise<void> =>
  Promise.race([
    new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve))),
    new Promise<void>((resolve) => setTimeout(resolve, 100)),
  ]);
