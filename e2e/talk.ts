// The talk as a speaker gives it: the stage as it is drawn, read press by press. For the tests of presenting, with a network and without.
import { expect, type Page } from "@playwright/test";

/** Smallest font sizes, as a part of the window's height. */
const LEAST = { code: 0.032, text: 0.024 } as const;

export const scene = (page: Page) => page.getByTestId("scene");

/** Opens an address and waits for the stage. */
export async function onStage(page: Page, address: string): Promise<void> {
  await page.goto(`./${address}`);
  await expect(scene(page)).toHaveAttribute("data-press", "0");
}

/** Presses a key and waits until the stage shows press number `press`. */
export async function press(page: Page, key: string, press: number): Promise<void> {
  await page.keyboard.press(key);
  await expect(scene(page)).toHaveAttribute("data-press", String(press));
}

interface StageReading {
  readonly kinds: readonly string[];
  readonly slides: string;
  /** The whole text on the stage. */
  readonly text: string;
  /** The text of the parts that are marked or lit. */
  readonly marked: string;
  readonly answer: string;
  /** The sentence above the picture and the caption. */
  readonly said: string;
  /** Texts that are cut or too small, each as a line of words. */
  readonly faults: readonly string[];
}

/**
 * Reads the stage as it is drawn. Waits for the fonts; after another size of the window, until the stage has it; then two frames, because a
 * picture in a new place is measured again a frame later.
 */
export const readStage = (page: Page): Promise<StageReading> =>
  page.evaluate(async (least): Promise<StageReading> => {
    await document.fonts.ready;
    const scene = document.querySelector("[data-testid=scene]") as HTMLElement;
    const stage = document.querySelector("[data-testid=stage]") as HTMLElement;
    const sized = () => Number.parseFloat(stage.style.getPropertyValue("--stage")) === stage.clientHeight;
    for (let frames = 2; frames > 0; ) {
      await new Promise(requestAnimationFrame);
      if (sized()) frames--;
    }
    const height = window.innerHeight;
    const faults: string[] = [];
    const walker = document.createTreeWalker(scene, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = (node.textContent ?? "").trim();
      const holder = node.parentElement as HTMLElement;
      const style = getComputedStyle(holder);
      if (text === "" || style.visibility === "hidden" || holder.closest(".visually-hidden")) continue;
      const size = Number.parseFloat(style.fontSize) / height;
      const asked = holder.closest(".lines__row, .terminal, .registers, .context-picture pre")
        ? least.code
        : least.text;
      if (size < asked - 0.0005) faults.push(`${(100 * size).toFixed(2)} %: ${text.slice(0, 40)}`);
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      let place = { left: 0, top: 0, right: window.innerWidth, bottom: height };
      for (let outer: Element | null = holder; outer; outer = outer.parentElement)
        if (getComputedStyle(outer).overflow !== "visible") {
          const { left, top, right, bottom } = outer.getBoundingClientRect();
          place = {
            left: Math.max(place.left, left),
            top: Math.max(place.top, top),
            right: Math.min(place.right, right),
            bottom: Math.min(place.bottom, bottom),
          };
        }
      const out = [place.left - box.left, place.top - box.top, box.right - place.right, box.bottom - place.bottom];
      if (Math.max(...out) > 1.5) faults.push(`cut: ${text.slice(0, 60)}`);
    }
    const all = (selector: string): string =>
      [...scene.querySelectorAll(selector)].map((one) => one.textContent).join("|");
    return {
      kinds: [scene.dataset.scene ?? "", scene.dataset.beside ?? ""],
      slides: scene.dataset.slides ?? "",
      text: scene.innerText,
      marked: all("[data-marked], [data-lit], [data-refused], [data-on], [data-right], [data-written], [data-shown]"),
      answer: all("[data-large]"),
      said: all(".scene__says, .scene__caption"),
      faults,
    };
  }, LEAST);

/** What is the same on a stage of another size: a window on a long text may have a row more. */
const told = ({ kinds, said, marked, answer }: StageReading) => [kinds, said, marked, answer];

/** Lines of code that must have been on the stage during the talk. */
const HUNKS = [
  "BPF_PROG_TYPE_OREORE,",
  "if (expected_attach_type == BPF_OREORE_ATTACH)",
  "return BPF_PROG_TYPE_OREORE;",
  "ret = oreore_bpf_prog_attach(prog);",
  "return oreore_bpf_prog_detach();",
  "struct bpf_prog __rcu *oreore_prog;",
  "bpf_prog_run(prog, &ctx)",
] as const;

/**
 * Gives the whole talk in Japanese by PageDown alone at 1280 × 720, then comes back to its start by PageUp at 1920 × 1080. At each press, at
 * both sizes, nothing is cut or too small, and what stands there is the same. `real`: what becomes of the scene on the real Linux.
 */
export async function giveTalk(page: Page, real: "answered" | "missing"): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await onStage(page, "?lang=ja&present=1#talk");
  const presses = Number(await scene(page).getAttribute("data-presses"));
  expect(presses).toBeLessThanOrEqual(400);
  const seen: StageReading[] = [await readStage(page)];
  const onReal = page.getByTestId("stage-real");
  let ofReal = 0;
  const faults: string[] = [];
  const note = (n: number, reading: StageReading): void => {
    faults.push(...reading.faults.map((fault) => `press ${n}: ${fault}`));
  };
  for (let n = 1; n <= presses; n++) {
    await press(page, "PageDown", n);
    if (await onReal.isVisible()) {
      await expect(onReal).toHaveAttribute("data-real", real, { timeout: 60_000 });
      ofReal++;
    }
    const reading = await readStage(page);
    const before = seen.at(-1) as StageReading;
    expect([reading.text, reading.marked], `press ${n} changes nothing`).not.toEqual([before.text, before.marked]);
    seen.push(reading);
    note(n, reading);
  }
  expect(ofReal).toBe(5);
  expect(seen.some(({ answer, kinds }) => kinds.includes("terminal") && answer === "52")).toBe(true);
  const code = seen.filter(({ kinds }) => kinds.includes("code"));
  for (const hunk of HUNKS)
    expect(
      code.some(({ text }) => text.includes(hunk)),
      hunk,
    ).toBe(true);
  expect(seen.every(({ text }) => /[぀-ヿ一-鿿]/.test(text))).toBe(true);
  await page.keyboard.press("PageDown"); // at the end nothing more happens
  // Back again on a larger stage: each press is undone.
  await page.setViewportSize({ width: 1920, height: 1080 });
  for (let n = presses; n >= 0; n--) {
    if (n < presses) await press(page, "PageUp", n);
    const reading = await readStage(page);
    expect(told(reading), `press ${n}, on the way back`).toEqual(told(seen[n] as StageReading));
    note(n, reading);
  }
  expect(faults).toEqual([]);
}
