// `tsx e2e/browsers.ts`: prints in which browsers the page is tested on this machine. Chromium is needed, and is installed if it is
// missing. If another browser is missing, its tests are skipped. With `BROWSERS=all` every browser is needed.
import { spawnSync } from "node:child_process";
import { findChromium, findFirefox, findWebKit } from "./installed.ts";

interface Browser {
  readonly name: string;
  /** Path of its program. Throws if an environment variable names a path that cannot be run. */
  readonly find: () => string | undefined;
  /** Commands that may install it. They are tried in order until it is there. */
  readonly install: readonly (readonly [program: string, ...args: string[]])[];
  readonly needed: boolean;
  /** What to do if it is missing. */
  readonly advice: string;
}

const aptGet = (...packages: string[]) => ["apt-get", "install", "-y", "--no-install-recommends", ...packages] as const;
const all = process.env.BROWSERS === "all";

const BROWSERS: readonly Browser[] = [
  {
    name: "Chromium",
    find: findChromium,
    install: [
      ["npx", "--no-install", "playwright", "install", "chromium"],
      aptGet("chromium-headless-shell"),
      aptGet("chromium"),
    ],
    needed: true,
    advice: "install one, or set CHROMIUM to its path",
  },
  {
    name: "Firefox",
    find: findFirefox,
    install: [aptGet("firefox-esr")],
    needed: all,
    advice: "install one, or set FIREFOX to its path",
  },
  {
    name: "WebKitGTK",
    find: () => findWebKit()?.driver,
    install: [aptGet("webkit2gtk-driver", "xvfb")],
    needed: all,
    advice: "install webkit2gtk-driver and xvfb",
  },
];

function installed({ name, find, install }: Browser): string | undefined {
  for (const [program, ...args] of install) {
    console.log(`no ${name} found; trying: ${[program, ...args].join(" ")}`);
    if (program === "apt-get") spawnSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"], timeout: 300_000 });
    const found = find();
    if (found) return found;
  }
  return undefined;
}

for (const browser of BROWSERS)
  try {
    const path = browser.find() ?? (browser.needed ? installed(browser) : undefined);
    if (path) {
      const version = spawnSync(path, ["--version"], { encoding: "utf8" }).stdout?.trim();
      console.log(`${browser.name}: ${path}${version ? ` (${version})` : ""}`);
    } else if (browser.needed)
      throw new Error(`no ${browser.name} found and none could be installed: ${browser.advice}`);
    else console.log(`${browser.name}: none found, its tests are left out; to have them, ${browser.advice}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
