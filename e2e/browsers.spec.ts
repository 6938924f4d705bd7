// The page in Firefox and in WebKit: the demo with the editor, a link, an embed, a real Linux, and most of it again without a network.
// Each test has its own browser and its own server.
import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import type { Act } from "../engine/index.ts";
import { encodeLink } from "../web/links/codec.ts";
import { type Engine, firefox, webkit } from "./engines.ts";
import { findFirefox, findWebKit } from "./installed.ts";
import { FOLDER, serve } from "./serve.ts";
import { SOLUTIONS } from "./solutions.ts";

/** Milliseconds to wait for something on the page. It is long, because a busy machine is slow but not wrong. */
const PATIENCE = 60_000;
const id = (name: string): string => `[data-testid="${name}"]`;
const PLUS42 =
  "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),\nBPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),\nBPF_EXIT_INSN(),\n";
const LESSON = "05-instructions";

for (const { name, found, start } of [
  { name: "Firefox", found: findFirefox(), start: firefox },
  { name: "WebKitGTK", found: findWebKit(), start: webkit },
]) {
  test(`${name}: the demo, a link, a lesson, an embed, a real Linux; the same without a network`, async () => {
    test.skip(!found, `there is no ${name} here`);
    test.slow();
    const server = serve(0);
    const site = `http://localhost:${(server.address() as AddressInfo).port}${FOLDER}`;
    const browser = await start();
    try {
      const visitor = new Visitor(browser, site);
      await test.step("demo", () => demo(visitor, ""));
      await test.step("link of a lesson's answer", () => answer(visitor));
      await test.step("embed", () => embed(visitor));
      await test.step("real Linux", () => realLinux(visitor));
      await test.step("everything is kept", () => kept(visitor));
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await test.step("demo without a network", () => demo(visitor, `#src=${encodeURIComponent(PLUS42)}`));
      await test.step("lesson without a network", () => answer(visitor));
      await test.step("real Linux without a network", () => realLinux(visitor));
      expect(browser.faults).toEqual([]);
    } catch (error) {
      await writeFile(test.info().outputPath(`${name}.png`), await browser.screenshot());
      throw error;
    } finally {
      await browser.close();
      server.close();
    }
  });
}

/** A reader in one of these browsers: what they do and see. */
class Visitor {
  readonly browser: Engine;
  readonly #site: string;

  constructor(browser: Engine, site: string) {
    this.browser = browser;
    this.#site = site;
  }

  /** Opens an address as a new visit, even if only the part behind the # is new. */
  async open(address: string): Promise<void> {
    await this.browser.leave();
    await this.browser.open(this.#site + address);
  }

  /** An attribute of the first element that a selector finds, or without `attribute` its text. null: there is none. */
  read(selector: string, attribute?: string): Promise<unknown> {
    const what = attribute ? `getAttribute(${JSON.stringify(attribute)})` : "textContent";
    return this.browser.evaluate(`return document.querySelector(${JSON.stringify(selector)})?.${what} ?? null`);
  }

  async sees(selector: string, text: string | RegExp, attribute?: string): Promise<void> {
    const seen = expect.poll(() => this.read(selector, attribute), { message: selector, timeout: PATIENCE });
    await (typeof text === "string" ? seen.toBe(text) : seen.toMatch(text));
  }

  /** Clicks the element that a selector finds, as soon as it is there and no longer moves. */
  async press(selector: string): Promise<void> {
    const place = `return JSON.stringify(document.querySelector(${JSON.stringify(selector)})?.getBoundingClientRect() ?? null)`;
    let before: unknown;
    const still = async (): Promise<boolean> => {
      const last = before;
      before = await this.browser.evaluate(place);
      return before !== "null" && before === last;
    };
    await expect.poll(still, { message: selector, timeout: PATIENCE }).toBe(true);
    await this.browser.click(selector);
  }
}

async function demo(visitor: Visitor, address: string): Promise<void> {
  await visitor.open(address);
  await visitor.sees(id("verdict"), "accept", "data-verdict");
  await visitor.sees(id("editor"), "monaco", "data-editor");
  for (const [button, call] of [
    ["load", /BPF_PROG_LOAD/],
    ["attach", /BPF_PROG_ATTACH/],
    ["sysfs-write", /write\(/],
    ["sysfs-read", /read\(/],
  ] as const) {
    await visitor.press(id(button));
    await visitor.sees(id("syscall-log"), call);
  }
  await visitor.sees(id("sysfs-output"), "52");
  await visitor.press(id("step"));
  await visitor.sees(id("reg-r0"), "000000000000000a", "data-value");
  await visitor.press(id("step-back"));
  await visitor.sees(id("timeline"), "0", "aria-valuenow");
  await visitor.press(`${id("editor")} .view-line:nth-child(2)`); // the first may be a comment
  await visitor.browser.type("x");
  await visitor.sees(id("verdict"), "error", "data-verdict");
}

async function answer(visitor: Visitor): Promise<void> {
  const acts = SOLUTIONS[LESSON] as readonly Act[];
  const { source } = acts.find((act) => act.do === "write") as Extract<Act, { do: "write" }>;
  const lesson = { name: LESSON.slice(3), acts };
  await visitor.open(await encodeLink({ source, progType: "oreore", maps: [], input: "10", lesson }));
  await visitor.sees(id("verdict"), "accept", "data-verdict");
  await visitor.sees(".lesson", /Solved/);
}

async function embed(visitor: Visitor): Promise<void> {
  await visitor.open("?embed=1#example/plus42");
  await visitor.sees(id("verdict"), "accept", "data-verdict");
  await visitor.press(id("run"));
  await visitor.sees(id("result"), /52/);
}

async function realLinux(visitor: Visitor): Promise<void> {
  await visitor.open(`#src=${encodeURIComponent(PLUS42)}`);
  await visitor.press(id("ask-linux"));
  await visitor.sees(id("linux-verdict"), "accept", "data-verdict");
  await visitor.sees(id("linux-verdict"), "true", "data-same");
}

/** Waits until all files are on the device: then the service worker that keeps them is active. */
async function kept(visitor: Visitor): Promise<void> {
  await visitor.open("");
  const state = "return navigator.serviceWorker.getRegistration().then((one) => one?.active?.state ?? null)";
  await expect.poll(() => visitor.browser.evaluate(state), { timeout: PATIENCE }).toBe("activated");
}
