// Which browsers are on this machine.
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

/** The headless shell first: the same engine without the window around it starts and draws in half the time. */
const SHELL = "chromium-headless-shell";
const CHROMIUMS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const CHROMIUM_PLACES = [
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const FIREFOXES = ["firefox-esr", "firefox"];
const FIREFOX_PLACES = ["/Applications/Firefox.app/Contents/MacOS/firefox"];

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const onPath = (names: readonly string[]): string[] =>
  names.flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((dir) => join(dir, name)));
const firstOf = (paths: readonly string[]): string | undefined => paths.find((path) => path !== "" && runnable(path));

/** What a variable of the environment names; throws a sentence where that is no program. */
function named(variable: string): string | undefined {
  const path = process.env[variable];
  if (path && !runnable(path)) throw new Error(`${variable} is "${path}", which is not a program that can be run`);
  return path || undefined;
}

/** Path of a Chromium: the variable CHROMIUM, then PATH and usual places, then Playwright's own. */
export function findChromium({ shell = true } = {}): string | undefined {
  const names = [...(shell ? [SHELL] : []), ...CHROMIUMS];
  return named("CHROMIUM") ?? firstOf([...onPath(names), ...CHROMIUM_PLACES, chromium.executablePath()]);
}

/** Path of a Firefox: the variable FIREFOX, then PATH and usual places. */
export function findFirefox(): string | undefined {
  return named("FIREFOX") ?? firstOf([...onPath(FIREFOXES), ...FIREFOX_PLACES]);
}

/** WebKitGTK's driver, the browser that belongs to it, and a screen for it to draw on. */
export interface WebKit {
  readonly driver: string;
  readonly browser: string;
  readonly screen: string;
}

/** All three, by PATH (WEBKIT_DRIVER names another driver); undefined where one of them is missing. */
export function findWebKit(): WebKit | undefined {
  const driver = named("WEBKIT_DRIVER") ?? firstOf(onPath(["WebKitWebDriver"]));
  const browser = firstOf(miniBrowsers());
  const screen = firstOf(onPath(["Xvfb"]));
  return driver && browser && screen ? { driver, browser, screen } : undefined;
}

/** Debian keeps MiniBrowser with the library it belongs to: /usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/. The newest first. */
function miniBrowsers(): string[] {
  const inside = (dir: string, name: RegExp): string[] => {
    try {
      return readdirSync(dir)
        .filter((one) => name.test(one))
        .sort()
        .reverse()
        .map((one) => join(dir, one));
    } catch {
      return [];
    }
  };
  return ["/usr/libexec", ...inside("/usr/lib", /-linux-/)]
    .flatMap((dir) => inside(dir, /^webkit(?:2)?gtk-/))
    .map((dir) => join(dir, "MiniBrowser"));
}
