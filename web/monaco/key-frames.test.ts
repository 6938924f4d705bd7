// Frames of keys without a browser: what is asked for while a key is handled reaches the browser one task later.
import { expect, test, vi } from "vitest";

/** The browser's frames: callbacks that wait for one. Ids count up from 1, as in a browser. */
const frames = new Map<number, FrameRequestCallback>();
let last = 0;
const browser = {
  requestAnimationFrame: (callback: FrameRequestCallback): number => {
    frames.set(++last, callback);
    return last;
  },
  cancelAnimationFrame: (id: number): void => void frames.delete(id),
};
vi.stubGlobal("window", browser);
const { postponeFramesOfKeys } = await import("./key-frames.ts");

const nextTask = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));
const paint = (): void => {
  const now = [...frames.values()];
  frames.clear();
  for (const callback of now) callback(0);
};

test("a frame of a key is asked for after the key's task, can be cancelled, and runs once", async () => {
  const element = new EventTarget();
  const stop = postponeFramesOfKeys(element as HTMLElement);
  const ran: string[] = [];
  const key = (...names: readonly string[]): number[] => {
    element.dispatchEvent(new Event("keydown"));
    return names.map((name) => browser.requestAnimationFrame(() => ran.push(name)));
  };

  const ids = key("kept", "cancelled at once", "cancelled later");
  browser.cancelAnimationFrame(ids[1] as number);
  expect(frames.size).toBe(0);
  await vi.waitFor(() => expect(frames.size).toBe(3));
  browser.cancelAnimationFrame(ids[2] as number);
  // After the key's task frames are the browser's again, and its ids can be cancelled.
  browser.cancelAnimationFrame(browser.requestAnimationFrame(() => ran.push("cancelled as the browser's")));
  browser.requestAnimationFrame(() => ran.push("not of a key"));
  paint();
  expect(ran).toEqual(["kept", "not of a key"]);

  stop();
  key("of a key after the end");
  expect(frames.size).toBe(1);
  paint();
  await nextTask();
  paint();
  expect(ran).toEqual(["kept", "not of a key", "of a key after the end"]);
});
