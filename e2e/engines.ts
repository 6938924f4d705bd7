// Drives two browsers that Playwright cannot drive in the form in which Debian ships them: Firefox by WebDriver BiDi, WebKitGTK by
// WebDriver. Both have the same interface, with only the actions that the tests of `browsers.spec.ts` need.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { expect } from "@playwright/test";
import { findFirefox, findWebKit, type WebKit } from "./installed.ts";

/** A browser with one page. A script is the body of a function without arguments: `return document.title`. A promise is awaited. */
export interface Engine {
  readonly version: string;
  /** Errors of the page's scripts and in its console. Always empty for WebKitGTK, which does not report them. */
  readonly faults: readonly string[];
  open(url: string): Promise<void>;
  /** Leaves the page. What it reports meanwhile is no fault: the browser cuts off what it still loads. */
  leave(): Promise<void>;
  /** Clicks the middle of the first element that a CSS selector finds. Throws if there is none. */
  click(selector: string): Promise<void>;
  /** Types into the focused element. */
  type(text: string): Promise<void>;
  evaluate(script: string): Promise<unknown>;
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

const NO_PAGE = "about:blank";
const WINDOW = { width: 1440, height: 900 } as const;

export async function firefox(): Promise<Engine> {
  const executablePath = findFirefox();
  if (!executablePath) throw new Error("no Firefox was found");
  const { default: puppeteer } = await import("puppeteer-core");
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, defaultViewport: WINDOW });
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  return {
    version: await browser.version(),
    faults,
    open: async (url) => void (await page.goto(url)),
    async leave() {
      const faultsBefore = faults.length;
      await page.goto(NO_PAGE);
      faults.length = faultsBefore;
    },
    click: (selector) => page.click(selector),
    type: (text) => page.keyboard.type(text),
    evaluate: (script) => page.evaluate(`(() => {${script}})()`),
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  };
}

/** Starts WebKitGTK. Its MiniBrowser cannot run without a screen, so it draws on a virtual one of Xvfb. */
export async function webkit(): Promise<Engine> {
  const found = findWebKit();
  if (!found) throw new Error("no WebKitGTK was found");
  const running: ChildProcess[] = [];
  const stop = (): void => {
    for (const child of running) child.kill();
  };
  try {
    return await onScreen(found, running, stop);
  } catch (error) {
    stop();
    throw error;
  }
}

/** Starts the screen, the driver and the browser. Their processes are added to `running`; `stop` ends all of them. */
async function onScreen(found: WebKit, running: ChildProcess[], stop: () => void): Promise<Engine> {
  const { Builder, By, Capabilities } = await import("selenium-webdriver");
  const screen = spawn(found.screen, ["-displayfd", "3", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  running.push(screen);
  const display = await firstLine(screen, 3);
  const port = await freePort();
  const driver = spawn(found.driver, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${display}`, GDK_BACKEND: "x11" },
    stdio: "ignore",
  });
  running.unshift(driver);
  const server = `http://127.0.0.1:${port}`;
  const state = async (): Promise<string> => {
    if (driver.exitCode !== null) return "it has ended";
    const answer = await fetch(`${server}/status`).catch(() => undefined);
    return answer?.ok ? "ready" : "it does not answer";
  };
  await expect.poll(state, { message: found.driver, timeout: 60_000 }).toBe("ready");
  const wanted = new Capabilities();
  wanted.set("browserName", "MiniBrowser");
  wanted.set("webkitgtk:browserOptions", { binary: found.browser, args: ["--automation"] });
  const session = await new Builder().usingServer(server).withCapabilities(wanted).build();
  await session
    .manage()
    .window()
    .setRect({ x: 0, y: 0, ...WINDOW });
  return {
    version: `WebKitGTK ${(await session.getCapabilities()).getBrowserVersion()}`,
    faults: [],
    open: (url) => session.get(url),
    leave: () => session.get(NO_PAGE),
    click: (selector) => session.findElement(By.css(selector)).click(),
    type: (text) => session.switchTo().activeElement().sendKeys(text),
    evaluate: (script) => session.executeScript(script),
    screenshot: async () => Buffer.from(await session.takeScreenshot(), "base64"),
    async close() {
      await session.quit();
      stop();
    },
  };
}

function firstLine(child: ChildProcess, stream: number): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${child.spawnfile} has ended with ${code}`)));
    child.stdio[stream]?.once("data", (data) => resolve(String(data).trim()));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
