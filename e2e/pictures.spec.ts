// Every view as a recorded picture, so that a change of looks is seen by whoever makes it. Record anew after one that is
// wanted: `npx playwright test -c e2e/playwright.config.ts e2e/pictures.spec.ts --update-snapshots`, then look at them.
// Times that differ from run to run are covered. Another Chromium or other Japanese typefaces draw other pixels: there the
// pictures are skipped, and the reason says with what they were recorded.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { expect, type Playground, test } from "./page.ts";

type Size = readonly [width: number, height: number];
const DESK: Size = [1440, 900];
const TABLET: Size = [1024, 768];
const PHONE: Size = [390, 844];

type Act = (page: Page, playground: Playground) => Promise<void>;

interface Picture {
  readonly name: string;
  readonly size: Size;
  readonly theme?: "dark" | "contrast";
  readonly lang?: "ja";
  readonly address?: string;
  readonly act?: Act;
}

const steps =
  (n: number): Act =>
  async (_, playground) => {
    for (let i = 0; i < n; i++) await playground.id("step").click();
  };

const tab =
  (name: string): Act =>
  async (page) =>
    page.getByRole("tab", { name }).click();

const key =
  (name: string): Act =>
  async (page) =>
    page.keyboard.press(name);

const PICTURES: readonly Picture[] = [
  { name: "workbench", size: DESK, act: steps(2) },
  { name: "workbench-dark-ja", size: DESK, theme: "dark", lang: "ja", act: steps(2) },
  { name: "workbench-contrast", size: DESK, theme: "contrast", act: steps(2) },
  { name: "tablet-ja", size: TABLET, lang: "ja" },
  { name: "refused", size: DESK, address: "#example/read-offset-4" },
  { name: "refused-dark-ja", size: DESK, theme: "dark", lang: "ja", address: "#example/read-offset-4" },
  {
    name: "graph",
    size: DESK,
    address: "#example/loop",
    act: async (page) => page.getByText("Graph", { exact: true }).click(),
  },
  {
    name: "layout-step",
    size: DESK,
    address: "#example/loop",
    act: async (page, playground) => {
      await page.keyboard.press("Alt+2");
      await steps(4)(page, playground);
    },
  },
  { name: "layout-verify-dark", size: DESK, theme: "dark", address: "#example/loop", act: key("Alt+3") },
  { name: "lesson-ja", size: DESK, lang: "ja", address: "#lesson/9" },
  { name: "lesson-phone", size: PHONE, address: "#lesson/9" },
  { name: "presenting-dark-ja", size: DESK, theme: "dark", lang: "ja", address: "?present=1#lesson/3" },
  { name: "phone", size: PHONE },
  { name: "phone-machine-dark-ja", size: PHONE, theme: "dark", lang: "ja", act: tab("マシン") },
  { name: "phone-kernel", size: PHONE, act: tab("Kernel") },
  { name: "embed", size: [700, 480], address: "?embed=1" },
  { name: "palette", size: DESK, act: key("Control+k") },
];

const RECORDED_WITH = join(import.meta.dirname, "pictures/recorded-with.txt");

/** What decides how text looks: the browser, and the files of the typefaces that are not the page's own. */
function drawnWith(browser: Browser): string {
  const fonts = ["sans-serif:lang=ja", "monospace:lang=ja", "sans-serif", "monospace"].map((pattern) =>
    spawnSync("fc-match", ["-f", "%{file} %{fontversion}", pattern], { encoding: "utf8" }).stdout?.trim(),
  );
  return `${[`Chromium ${browser.version()}`, ...fonts].join("\n")}\n`;
}

test.beforeEach(({ browser }, { config }) => {
  const here = drawnWith(browser);
  if (config.updateSnapshots === "all" || config.updateSnapshots === "changed") writeFileSync(RECORDED_WITH, here);
  const recorded = readFileSync(RECORDED_WITH, "utf8");
  test.skip(here !== recorded, `the pictures were drawn with ${recorded.replaceAll("\n", ", ")}here: ${here}`);
});

for (const { name, size, theme, lang, address = "", act } of PICTURES)
  test.describe(name, () => {
    const phone = size === PHONE;
    test.use({ viewport: { width: size[0], height: size[1] }, hasTouch: phone, isMobile: phone });
    test("looks as recorded", async ({ playground, page }) => {
      await page.addInitScript(
        ([settings]) => localStorage.setItem("oreore.settings", settings as string),
        [JSON.stringify({ theme: theme ?? "light", language: lang ?? "en" })],
      );
      await page.emulateMedia({ reducedMotion: "reduce" });
      const [query = "", hash = ""] = address.split("#");
      await playground.page.goto(`./${query}${hash && `#${hash}`}`);
      await expect(playground.verdict).toHaveAttribute("data-verdict", /./);
      if (size[0] >= TABLET[0]) await playground.editorReady();
      if (size === DESK) await expect(page.getByTestId("timeline")).toBeAttached();
      await act?.(page, playground);
      await page.evaluate(() => document.fonts.ready);
      await expect(page).toHaveScreenshot(`${name}.png`, {
        mask: [page.locator(".verdict__stats")],
        maxDiffPixelRatio: 0.01,
      });
    });
  });
