// Finds the Chromium in which the end-to-end tests run, and installs one where there is none: Playwright's, else the system's
// package.
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

/**
 * Flags with which it runs everywhere: as root, without a GPU, without calling home; and with letters as wide as a reader's browser
 * makes them (the shell rounds their widths to pixels otherwise).
 */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--font-render-hinting=none",
];

/** The headless shell first: the same engine without the window around it starts and draws in half the time. */
const SHELL = "chromium-headless-shell";
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const PLACES = [
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a Chromium: the variable CHROMIUM, then PATH and usual places, then Playwright's own. */
export function findChromium({ shell = true } = {}): string | undefined {
  const named = process.env.CHROMIUM;
  if (named) {
    if (!runnable(named)) throw new Error(`CHROMIUM is "${named}", which is not a program that can be run`);
    return named;
  }
  const dirs = (process.env.PATH ?? "").split(delimiter);
  const onPath = [...(shell ? [SHELL] : []), ...NAMES].flatMap((name) => dirs.map((dir) => join(dir, name)));
  return [...onPath, ...PLACES, chromium.executablePath()].find((path) => path !== "" && runnable(path));
}

const INSTALLERS: readonly (readonly string[])[] = [
  ["npx", "--no-install", "playwright", "install", "chromium"],
  ["apt-get", "install", "-y", "--no-install-recommends", "chromium-headless-shell"],
  ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
];

/** Path of the Chromium that was installed; undefined where none could be. */
export function installChromium(): string | undefined {
  for (const [program, ...args] of INSTALLERS as readonly [string, ...string[]][]) {
    console.log(`no Chromium found; trying: ${[program, ...args].join(" ")}`);
    if (program === "apt-get") spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"], timeout: 300_000 });
    const found = findChromium();
    if (found) return found;
  }
  return undefined;
}
