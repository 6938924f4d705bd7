// The films of all built-in lessons: whatever their scenes name exists, each call answers as the scene says, and each press
// changes something visible. The lessons of the talk show all its slides.
import { expect, test } from "vitest";
import { createSession } from "../../engine/index.ts";
import { TALK } from "../lessons/course.ts";
import { LESSON_IDS, loadLesson } from "../lessons/index.ts";
import type { NumberedLesson } from "../lessons/lesson.ts";
import { captionOf, nextPressText } from "./caption.ts";
import { authorFaults, type Frame, film, minutesOf, pressesOf } from "./film.ts";

const numbered = async (number: number): Promise<NumberedLesson> => {
  const parsed = await loadLesson(number);
  if (!parsed?.ok) throw new Error(JSON.stringify(parsed?.faults));
  return { lesson: parsed.lesson, number };
};

async function play(lessons: readonly NumberedLesson[]): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of film(lessons, createSession())) frames.push(frame);
  return frames;
}

/** The values of a frame that decide what is drawn. */
const seen = ({ sceneIndex, shown, caption, world }: Frame): string =>
  JSON.stringify([
    sceneIndex,
    shown,
    caption,
    world.terminal.length,
    world.step?.step,
    world.recipe,
    world.kernel.own.name,
    world.program.source,
    world.lastResult?.calls,
  ]);

test.each(LESSON_IDS.map((id, i) => [id, i + 1] as const))(
  "%s plays on the stage without a missing part, and each press changes something",
  async (_, number) => {
    const lessons = [await numbered(number)];
    const frames = await play(lessons);
    expect(frames.flatMap(authorFaults)).toEqual([]);
    expect(frames).toHaveLength(pressesOf(lessons) + 1);
    frames.forEach((frame, i) => {
      const before = frames[i - 1];
      if (before) expect(seen(frame), `press ${i}`).not.toBe(seen(before));
      for (const language of ["en", "ja"] as const) {
        expect(frame.scene.says[language]).toMatch(/\S/);
        expect(nextPressText(frames, i, language)).toMatch(/\S/);
        // A press that does something says what the result was.
        const words = captionOf(frame, language).words;
        if (frame.caption?.result) expect(words).toMatch(/\S/);
      }
    });
  },
);

/** Slides of the talk that have text. The others are pictures or repeats that are not part of the lessons. */
const DECK = [1, 3, 11, 13, 17, 18, 19, 20, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 37, 38, 39, 43, 46];

test("the talk shows all its slides in order, within its minutes and presses", async () => {
  const lessons = await Promise.all(TALK.map(numbered));
  const frames = await play(lessons);
  const slides = frames.flatMap(({ scene }) => scene.slides);
  expect([...new Set(slides)].sort((a, b) => a - b)).toEqual(DECK);
  const first = DECK.map((slide) => slides.indexOf(slide));
  expect(first).toEqual([...first].sort((a, b) => a - b));
  expect(pressesOf(lessons)).toBeLessThanOrEqual(400);
  expect(minutesOf(lessons)).toBeGreaterThan(18);
  expect(minutesOf(lessons)).toBeLessThanOrEqual(20);
  expect(frames.at(-1)?.world.terminal.some(({ output }) => output.trim() === "52")).toBe(true);
});

test("the talk shows every hunk in the four functions, and every function that the patch adds for them", async () => {
  const frames = await play(await Promise.all(TALK.map(numbered)));
  const shown = new Set(
    frames.flatMap(({ scene, shown: { piece } }) => [
      ...scene.fill.flatMap((one) => (one.kind === "code" ? [one.piece.name] : [])),
      ...(piece ? [piece.name] : []),
    ]),
  );
  for (const name of [
    "enum bpf_prog_type",
    "bpf_types.h",
    "bpf_oreore_verifier_ops",
    "bpf_oreore_prog_ops",
    "enum bpf_attach_type",
    "bpf_prog_load_check_attach()",
    "attach_type_to_prog_type()",
    "bpf_prog_attach()",
    "bpf_prog_detach()",
    "oreore_prog",
    "oreore_bpf_prog_attach()",
    "oreore_bpf_prog_detach()",
    "oreore_store()",
  ])
    expect(shown, name).toContain(name);
});

test.each([2, 3, 4, 20])("kernel code in the text of lesson %i is the code that the page makes", async (number) => {
  const [frame] = await play([await numbered(number)]);
  if (!frame) throw new Error("no frame");
  const made = frame.material.code.flatMap((files) =>
    files.flatMap(({ pieces }) => pieces.flatMap(({ added }) => added)),
  );
  const shown = Object.values(frame.lesson.texts).flatMap(({ points }) =>
    points.flatMap((point) =>
      point.kind === "text"
        ? point.tokens.flatMap((token) => (token.type === "code" ? token.raw.split("\n").slice(1, -1) : []))
        : [],
    ),
  );
  expect(shown).not.toEqual([]);
  const plain = (line: string): string => line.replace(/\s+/g, " ").trim();
  expect(made.map(plain)).toEqual(expect.arrayContaining(shown.map(plain)));
});

test("the caption of an echo says what ran, with its values", async () => {
  const frames = await play([await numbered(5)]);
  const echo = frames.find(({ act }) => act?.kind === "echo");
  expect(echo && captionOf(echo, "en")).toEqual({
    call: 'write(4, "10\\n", 3) = 3',
    failed: false,
    words: "the program ran, 3 instructions: R0 = 10 + 42 = 52",
  });
});

test("the result of a packet, a map update and a shell command is shown", async () => {
  const said = async (number: number, kind: string) =>
    (await play([await numbered(number)]))
      .filter(({ act }) => act?.kind === kind)
      .map((frame) => captionOf(frame, "en"));
  expect((await said(29, "test")).at(-1)).toEqual({
    call: "bpf(BPF_PROG_TEST_RUN, …) = 0",
    failed: false,
    words: "the program ran, 35 instructions, and returned XDP_TX",
  });
  expect((await said(25, "update")).at(-1)).toMatchObject({ call: "bpf(BPF_MAP_UPDATE_ELEM, …) = 0" });
  const frames = await play([await numbered(21)]);
  expect(frames.at(-1)?.world.terminal.at(-1)?.output).toContain("r0 = *(u16 *)(r1 +8)");
});

test("lines that a press adds to the program are marked, except comments, and none if most are new", async () => {
  const fresh = async (number: number) =>
    (await play([await numbered(number)])).find(({ act }) => act?.kind === "solution")?.shown.addedLines;
  expect(await fresh(22)).toEqual([
    "BPF_LDX_MEM(BPF_W, BPF_REG_2, BPF_REG_1, 4),",
    "BPF_ALU32_REG(BPF_MUL, BPF_REG_0, BPF_REG_2),",
  ]);
  expect(await fresh(26)).toEqual([]);
});

test("after a run on a packet the terminal shows the packet's name and the result", async () => {
  const frames = await play([await numbered(16)]);
  expect(
    frames
      .at(-1)
      ?.world.terminal.slice(-4)
      .map(({ output }) => output),
  ).toEqual([
    "bpf(BPF_PROG_TEST_RUN, …) = 0",
    "icmp-echo → XDP_PASS",
    "bpf(BPF_PROG_TEST_RUN, …) = 0",
    "arp → XDP_DROP",
  ]);
});

test("a mark that no text on the stage has is reported as missing", async () => {
  const { lesson, number } = await numbered(8);
  const [first] = lesson.scenes;
  if (!first) throw new Error("no scene");
  const presses = [{ act: { kind: "at", text: "BPF_NOTHING" } as const, says: null }];
  const frames = await play([{ lesson: { ...lesson, scenes: [{ ...first, presses }] }, number }]);
  expect(frames.flatMap(authorFaults)).toEqual(["nothing on the stage has BPF_NOTHING"]);
});
