// `tsx e2e/browsers.ts`: says in which browsers the page is tested here, and installs those that must be there.
import { spawnSync } from "node:child_process";
import { findChromium, installChromium } from "./chromium.ts";

interface Browser {
  readonly name: string;
  /** Path of its program; throws a sentence where a variable names one that cannot be run. */
  readonly find: () => string | undefined;
  readonly install?: () => string | undefined;
  /** The variable that holds the path of one, for the sentence that says that there is none. */
  readonly variable: string;
}

const BROWSERS: readonly Browser[] = [
  { name: "Chromium", find: findChromium, install: installChromium, variable: "CHROMIUM" },
];

for (const { name, find, install, variable } of BROWSERS)
  try {
    const path = find() ?? install?.();
    if (!path)
      throw new Error(`no ${name} found and none could be installed: install one, or set ${variable} to its path`);
    const version = spawnSync(path, ["--version"], { encoding: "utf8" }).stdout?.trim();
    console.log(`${name}: ${path}${version ? ` (${version})` : ""}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
