// Finds the browsers that are installed on this machine.
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

/** The headless shell is preferred: the same engine without a window, which starts and draws in half the time. */
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

/** The path in an environment variable. Throws if that is not a program that can be run. */
function named(variable: string): string | undefined {
  const path = process.env[variable];
  if (path && !runnable(path)) throw new Error(`${variable} is "${path}", which is not a program that can be run`);
  return path || undefined;
}

/** Path of a Chromium: from the variable CHROMIUM, else from PATH and the usual places, else Playwright's own. */
export function findChromium({ shell = true } = {}): string | undefined {
  const names = [...(shell ? [SHELL] : []), ...CHROMIUMS];
  return named("CHROMIUM") ?? firstOf([...onPath(names), ...CHROMIUM_PLACES, chromium.executablePath()]);
}

/** Path of a Firefox: from the variable FIREFOX, else from PATH and the usual places. */
export function findFirefox(): string | undefined {
  return named("FIREFOX") ?? firstOf([...onPath(FIREFOXES), ...FIREFOX_PLACES]);
}

/** Paths of WebKitGTK's driver, of the browser that belongs to it, and of Xvfb, whose screen it draws on. */
export interface WebKit {
  readonly driver: string;
  readonly browser: string;
  readonly screen: string;
}

/** All three, found by PATH. The variable WEBKIT_DRIVER may name another driver. undefined: one of them is missing. */
export function findWebKit(): WebKit | undefined {
  const driver = named("WEBKIT_DRIVER") ?? firstOf(onPath(["WebKitWebDriver"]));
  const browser = firstOf(miniBrowsers());
  const screen = firstOf(onPath(["Xvfb"]));
  return driver && browser && screen ? { driver, browser, screen } : undefined;
}

/** Possible paths of MiniBrowser, newest version first. Debian keeps it beside its library: /usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/. */
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
