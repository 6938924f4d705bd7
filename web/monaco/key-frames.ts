// Frames that are asked for while a key is handled are asked for one task later. Chromium runs no message between a key and the frame that
// was asked for while the key was handled (DeferRendererTasksAfterInput). So the worker's verdict would wait until the letter is painted. This
// way the verdict comes first if it is ready, and both are painted in one frame.

const ask = window.requestAnimationFrame;
const cancel = window.cancelAnimationFrame;
const { port1: afterKey, port2: keyHandled } = new MessageChannel();

/** By their ids, which are below 0: the browser's own are above. */
const callbacks = new Map<number, FrameRequestCallback>();
/** Ids of those for which no frame has been asked yet. */
let unasked: number[] = [];
let lastId = 0;

const askLater = (callback: FrameRequestCallback): number => {
  const id = --lastId;
  callbacks.set(id, callback);
  unasked.push(id);
  return id;
};

const cancelEither = (id: number): void => void (callbacks.delete(id) || cancel.call(window, id));

const run = (id: number, time: number): void => {
  const callback = callbacks.get(id);
  callbacks.delete(id);
  callback?.(time);
};

afterKey.onmessage = () => {
  window.requestAnimationFrame = ask;
  const ids = unasked;
  unasked = [];
  for (const id of ids) ask.call(window, (time) => run(id, time));
};

const keyBegins = (): void => {
  if (window.requestAnimationFrame === askLater) return;
  window.requestAnimationFrame = askLater;
  window.cancelAnimationFrame = cancelEither;
  keyHandled.postMessage(null);
};

/** Postpones the frames of keys that an element gets. The returned function ends it. */
export function postponeFramesOfKeys(element: HTMLElement): () => void {
  const events = ["keydown", "keypress"] as const;
  for (const event of events) element.addEventListener(event, keyBegins, { capture: true });
  return () => {
    for (const event of events) element.removeEventListener(event, keyBegins, { capture: true });
  };
}
