// What the real Linux costs a reader in Chromium: time to its first answer and to later ones, memory, and what the page's own
// thread does meanwhile.
import { readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "@playwright/test";
import { CHROMIUM_ARGS } from "./chromium.ts";
import { atRest } from "./keystroke.ts";
import { threadWork } from "./thread-work.ts";

const ASKED = 21;
/** Walked for seconds: a loop that the verifier goes through turn by turn. */
const LONG =
  "BPF_MOV64_IMM(BPF_REG_0, 0), BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 1), BPF_JMP_IMM(BPF_JLT, BPF_REG_0, 20000, -2), BPF_EXIT_INSN(),";

export interface RealCosts {
  /** Milliseconds from the last byte of the files to the answer on the page. */
  readonly first: number;
  /** Milliseconds from a press of "Ask again" to the answer on the page, least first. */
  readonly later: readonly number[];
  /** Megabytes that the page's process has more than before; NaN where the system does not tell. */
  readonly memory: number;
  /** Milliseconds between two frames while the machine is busy, least first. */
  readonly frames: readonly number[];
  /** Processor time of the page's own thread meanwhile, of the time that passed. */
  readonly share: number;
}

export async function realCosts(url: string, executablePath: string): Promise<RealCosts> {
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(url);
    await page.locator('[data-verdict="accept"][data-fresh="true"]').waitFor();
    await page.locator('[data-editor="monaco"] .view-line').first().waitFor();
    await page.evaluate(atRest);
    const before = await memoryOf(browser);
    await page.evaluate(watch);
    await page.getByTestId("ask-linux").click();
    await page.getByTestId("linux-verdict").waitFor({ timeout: 120_000 });
    const first = await page.evaluate(() => {
      const { begun, answered } = window as unknown as Watched;
      return answered - begun;
    });
    const later: number[] = [];
    for (let i = 0; i < ASKED; i++) later.push(await page.evaluate(askAgain));
    const memory = (await memoryOf(browser)) - before;
    const busy = await whileBusy(page);
    return { first, later: later.toSorted((a, b) => a - b), memory, ...busy };
  } finally {
    await browser.close();
  }
}

interface Watched {
  /** performance.now() of the last byte, and of the first answer. */
  begun: number;
  answered: number;
}

/** In the page: notes when the files are there, and when the answer is. */
function watch(): void {
  const watched = window as unknown as Watched;
  watched.begun = watched.answered = 0;
  new MutationObserver(() => {
    const fetching = document.querySelector(".real progress");
    const starting = document.querySelector(".real__progress") && !fetching;
    if (starting && watched.begun === 0) watched.begun = performance.now();
    if (document.querySelector("[data-testid=linux-verdict]") && watched.answered === 0)
      watched.answered = performance.now();
  }).observe(document, { subtree: true, childList: true });
}

/** In the page: the button cannot be pressed until the answer is there. */
function askAgain(): Promise<number> {
  const button = document.querySelector("[data-testid=linux-again]") as HTMLButtonElement;
  return new Promise((resolve) => {
    const pressed = performance.now();
    let asking = false;
    const seen = new MutationObserver(() => {
      if (button.disabled) asking = true;
      else if (asking) {
        seen.disconnect();
        resolve(performance.now() - pressed);
      }
    });
    seen.observe(button, { attributes: true });
    button.click();
  });
}

/** While the machine walks a long loop; the page has come to rest before. */
async function whileBusy(page: Page): Promise<Pick<RealCosts, "frames" | "share">> {
  await page.evaluate((source) => {
    location.hash = `#src=${encodeURIComponent(source)}`;
  }, LONG);
  await page.locator('[data-testid="verdict"][data-fresh="true"]').waitFor();
  await page.evaluate(atRest);
  const worked = await threadWork(page);
  const before = await worked();
  const { frames, ms } = await page.evaluate(async () => {
    const frames: number[] = [];
    const film = {
      last: 0,
      on: true,
      frame(now: number): void {
        if (film.last !== 0) frames.push(now - film.last);
        film.last = now;
        if (film.on) requestAnimationFrame(film.frame);
      },
    };
    const button = document.querySelector("[data-testid=linux-again]") as HTMLButtonElement;
    const pressed = performance.now();
    button.click();
    requestAnimationFrame(film.frame);
    await new Promise<void>((resolve) => {
      let asking = false;
      const seen = new MutationObserver(() => {
        if (button.disabled) asking = true;
        else if (asking) resolve();
      });
      seen.observe(button, { attributes: true });
    });
    film.on = false;
    return { frames: frames.toSorted((a, b) => a - b), ms: performance.now() - pressed };
  });
  return { frames, share: ((await worked()) - before) / ms };
}

/** Megabytes of the page's process. */
async function memoryOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const page = processInfo.filter(({ type }) => type === "renderer");
  try {
    const kilobytes = page.map(({ id }) =>
      Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))?.[1]),
    );
    return (Math.max(...kilobytes) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}
