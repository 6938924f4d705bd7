// A scene on the real Linux: under Node, a machine in its saved state does what the presses say.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { V86 } from "v86";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSession, RealLinux, startV86, type V86Class } from "../../engine/index.ts";
import { loadLesson } from "../lessons/index.ts";
import { captionOf } from "./caption.ts";
import { authorFaults, type Frame, film } from "./film.ts";
import { unansweredScenes, withRealAnswers } from "./real.ts";

const engine = createSession();
let linux: RealLinux;
let scene: readonly Frame[];

beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve("v86/build/v86.wasm"));
  const module = await WebAssembly.compile(new Uint8Array(wasm));
  const state = new Uint8Array(readFileSync(join(import.meta.dirname, "../../public/linux/oreore-6.1.state.zst")));
  const emulator = await startV86(V86 as unknown as V86Class, {
    wasm: async (imports) => (await WebAssembly.instantiate(module, imports as WebAssembly.Imports)).exports,
    state: state.buffer,
  });
  linux = new RealLinux(emulator, {
    later: (ms, action) => {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
  });
  const parsed = await loadLesson(5);
  if (!parsed?.ok) throw new Error(JSON.stringify(parsed?.faults));
  const frames: Frame[] = [];
  for await (const frame of film([{ lesson: parsed.lesson, number: 5 }], engine)) frames.push(frame);
  scene = unansweredScenes(frames)[0] ?? [];
});
afterAll(() => linux.dispose());

test("a call that the real kernel refuses is shown with its errno", async () => {
  const frames = (await withRealAnswers([...scene.slice(0, 2), ...scene.slice(3)], linux, engine)) ?? []; // nothing is attached
  expect(captionOf(frames[2] as Frame, "en")).toEqual({
    call: expect.stringMatching(/^write\(\d+, "10\\n", 3\) = -1 ENOENT/),
    failed: true,
    words: "ENOENT: no program is attached",
  });
  expect(frames.flatMap(authorFaults)).toContain("echo gave ENOENT, not ok");
});

test("the last demo of the talk runs on the talk's kernel", async () => {
  const frames = (await withRealAnswers(scene, linux, engine)) ?? [];
  expect(frames).toHaveLength(scene.length);
  expect(frames.flatMap(authorFaults)).toEqual([]);
  expect(frames.every(({ real }) => /^6\.1\.\d+$/.test(real?.release ?? ""))).toBe(true);
  expect(frames.at(-1)?.world.terminal.map(({ line, output }) => [line, output.replace(/\d+$/, "fd")])).toEqual([
    ["", "bpf(BPF_PROG_LOAD, …) = fd"],
    ["", "bpf(BPF_PROG_ATTACH, …) = fd"],
    ["echo 10 > /sys/oreore/bpf", ""],
    ["cat /sys/oreore/bpf", "52\n"],
  ]);
  const said = frames.map((frame) => captionOf(frame, "en"));
  expect(said[3]).toMatchObject({ call: expect.stringMatching(/^write\(\d+, "10\\n", 3\) = 3$/), failed: false });
  expect(said[4]?.words).toBe("the answer is 52");
  // The simulation's frames did not change.
  expect(scene.at(-1)?.world.terminal).toHaveLength(4);
});
