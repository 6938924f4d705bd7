// Measures the time from a key in the editor to the verdict on the page, as a reader experiences it: in Monaco, with a program of 200
// instructions. One letter is typed and deleted again and again. Before each key the page comes to rest.
import { chromium } from "@playwright/test";
import { CHROMIUM_ARGS } from "./chromium.ts";

const INSNS = 200;
/** Milliseconds that a finger holds a key. Until it is let go, the test asks the page nothing. */
const HELD = 60;
/** Keys before the measured ones. After them the browser has compiled the code that runs often. */
const WARM = 20;
const KEYS = 41;

/** The time of each measured key in milliseconds, shortest first. */
export async function keystrokes(url: string, executablePath: string): Promise<number[]> {
  const lines = Array.from({ length: INSNS - 1 }, (_, i) =>
    i % 2 ? `BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, ${i}),` : `BPF_MOV64_IMM(BPF_REG_0, ${i}),`,
  );
  const source = [...lines, "BPF_EXIT_INSN(),"].join("\n");
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${url}#src=${encodeURIComponent(source)}`);
    await page.locator('[data-verdict="accept"][data-fresh="true"]').waitFor();
    await page.locator('[data-editor="monaco"] .view-line').nth(2).click();
    // Moves the cursor into the number at the end of the line.
    for (const key of ["End", "ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
    await page.evaluate(listen);
    for (let i = 0; i < WARM + KEYS; i++) {
      await page.evaluate(atRest);
      await page.keyboard.press(i % 2 ? "Backspace" : "5", { delay: HELD });
    }
    await page.evaluate(atRest);
    const times = await page.evaluate(() => (window as unknown as Measured).keystrokes);
    if (times.length !== WARM + KEYS)
      throw new Error(`${WARM + KEYS} keys were pressed, ${times.length} verdicts came`);
    return times.slice(-KEYS).toSorted((a, b) => a - b);
  } finally {
    await browser.close();
  }
}

interface Measured {
  keystrokes: number[];
}

/** Runs in the page. Measures from the time of each key event until the verdict belongs to the new text. */
function listen(): void {
  const measured = window as unknown as Measured;
  measured.keystrokes = [];
  let pressed = 0;
  addEventListener("keydown", (event) => (pressed = event.timeStamp), { capture: true });
  const verdict = document.querySelector("[data-testid=verdict]") as HTMLElement;
  new MutationObserver(() => {
    if (pressed === 0 || verdict.dataset.fresh !== "true") return;
    measured.keystrokes.push(performance.now() - pressed);
    pressed = 0;
  }).observe(verdict, { attributes: true });
}

/** Runs in the page. Waits until nothing has changed for a quarter of a second, because the trial run comes some time after a verdict. */
export function atRest(): Promise<void> {
  return new Promise((resolve) => {
    let still = 0;
    const watch = new MutationObserver(() => {
      still = 0;
    });
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    const ticks = setInterval(() => {
      if (still++ < 5) return;
      clearInterval(ticks);
      watch.disconnect();
      resolve();
    }, 50);
  });
}
