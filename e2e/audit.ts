// `npm run audit`: runs Lighthouse on the production build, as a desktop and as a phone on "slow 4G", and measures the time from a key
// to its verdict, what it costs to open the gallery, and what the real Linux costs. Prints a table. Exits with 1 if a goal is missed. It is
// not part of `npm test`, because performance can only be measured on a quiet machine. `--rules` leaves performance out: accessibility and
// best practices do not depend on the machine.
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig, type Flags } from "lighthouse";
import { preview } from "vite";
import { CHROMIUM_ARGS } from "./chromium.ts";
import { galleryWork } from "./gallery-work.ts";
import { findChromium } from "./installed.ts";
import { keystrokes } from "./keystroke.ts";
import { realCosts } from "./real-linux.ts";

/** Category of Lighthouse → lowest score that meets the goal, 0 … 100. */
type Goals = Readonly<Record<"performance" | "accessibility" | "best-practices", number>>;

const PROFILES: readonly { readonly name: string; readonly desktop: boolean; readonly goals: Goals }[] = [
  { name: "desktop", desktop: true, goals: { performance: 98, accessibility: 100, "best-practices": 100 } },
  { name: "phone", desktop: false, goals: { performance: 86, accessibility: 100, "best-practices": 100 } },
];
/** Goal for the median time from a key to its verdict, in milliseconds, for 200 instructions. */
const KEYSTROKE = 16;
/** Goal for the work of opening the gallery, in milliseconds of processor time. */
const GALLERY = 1000;
const TIMES = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "speed-index"];

const rulesOnly = process.argv.includes("--rules");
const chromePath = findChromium({ shell: false }); // a whole browser, as a reader has it
if (!chromePath) throw new Error("no Chromium found: set CHROMIUM to its path");

const server = await preview({ configFile: `${import.meta.dirname}/../vite.config.ts`, preview: { port: 0 } });
const url = server.resolvedUrls?.local[0] as string;
const chrome = await launch({ chromePath, chromeFlags: ["--headless=new", ...CHROMIUM_ARGS] });
let missed = 0;
for (const { name, desktop, goals } of PROFILES) {
  const wanted = (Object.keys(goals) as (keyof Goals)[]).filter((key) => !rulesOnly || key !== "performance");
  const flags: Flags = { port: chrome.port, onlyCategories: wanted, logLevel: "error" };
  const result = (await lighthouse(url, flags, desktop ? desktopConfig : undefined))?.lhr;
  if (!result) throw new Error(`Lighthouse gave no result for ${url}`);
  for (const key of wanted) {
    const score = Math.round((result.categories[key]?.score ?? 0) * 100);
    missed += score < goals[key] ? 1 : 0;
    console.log(`${name.padEnd(8)}${key.padEnd(16)}${String(score).padStart(4)}  goal ${goals[key]}`);
    const faults = (result.categories[key]?.auditRefs ?? []).map(({ id }) => result.audits[id]);
    if (key !== "performance")
      for (const audit of faults) if (audit?.score === 0) console.log(`          ${audit.id}: ${audit.title}`);
  }
  if (rulesOnly) continue;
  const times = TIMES.map((id) => `${id} ${result.audits[id]?.displayValue ?? "?"}`);
  console.log(`        ${times.join(", ")}`);
}
chrome.kill();
if (!rulesOnly) {
  const times = await keystrokes(url, chromePath);
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] as number;
  missed += at(0.5) > KEYSTROKE ? 1 : 0;
  console.log(`key to verdict, 200 instructions  ${at(0.5).toFixed(1)} ms in the median  goal ${KEYSTROKE}`);
  console.log(`        least ${at(0).toFixed(1)}, nine of ten within ${at(0.9).toFixed(1)}`);
  const gallery = await galleryWork(url, chromePath);
  missed += gallery > GALLERY ? 1 : 0;
  console.log(`the gallery is opened with ${gallery.toFixed(0)} ms of processor time  goal ${GALLERY}`);
}
if (!rulesOnly) {
  const { first, later, memory, frames, share } = await realCosts(url, chromePath);
  const at = (list: readonly number[], part: number): number => list[Math.floor(part * (list.length - 1))] as number;
  const rows: readonly (readonly [what: string, is: number, goal: number, unit: string])[] = [
    ["first answer after its files are there", first, 1500, "ms"],
    ["later answers, in the median", at(later, 0.5), 100, "ms"],
    ["memory", memory, 200, "MB"],
    ["between two frames while it works, in the median", at(frames, 0.5), 17, "ms"],
    ["of the page's own thread while it works", 100 * share, 10, "%"],
  ];
  for (const [what, is, goal, unit] of rows) {
    missed += is > goal ? 1 : 0;
    console.log(`real Linux: ${what}  ${is.toFixed(1)} ${unit}  goal ${goal}`);
  }
}
await server.close();
process.exit(missed > 0 ? 1 : 0);
