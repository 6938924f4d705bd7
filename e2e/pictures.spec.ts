// Compares every view with a recorded picture, so that whoever changes its looks notices. After a change that is wanted, record the
// pictures again (`npm run pictures`) and look at them. compare-pictures.ts decides what counts as the same. Another Chromium and other Japanese
// typefaces do, so the pictures can be compared on every machine.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { compare } from "./compare-pictures.ts";
import { expect, type Playground, test } from "./page.ts";

/**
 * How many squares of a picture may differ, by language. In another Japanese typeface words are wider or narrower, so a line may break
 * elsewhere. With IPA Gothic, VL Gothic and Noto at most 14 of 5130 squares differed. A button of another colour is 8 squares.
 */
const ALLOWED = { en: 4, ja: 24 };

/**
 * Style that hides what differs from run to run: the verifier's time, whose place keeps one size, and the editor's scroll bars, which
 * show for a moment after the pointer was over the editor.
 */
const HIDE_UNSTABLE =
  ".verdict__stats { visibility: hidden; overflow: hidden; width: 150px; height: 20px } .monaco-editor .scrollbar { visibility: hidden }";

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
  (_, playground) =>
    playground.steps(n);

const tab =
  (name: string): Act =>
  async (page) =>
    page.getByRole("tab", { name }).click();

/** Waits until the lesson is there and its goals were judged. */
const read: Act = async (_, playground) => {
  await expect(playground.id("lesson").getByRole("heading").first()).toBeVisible();
  await expect(playground.id("goals")).toContainText("map_value_or_null");
};

const key =
  (name: string): Act =>
  async (page) =>
    page.keyboard.press(name);

const palette: Act = async (page) => {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Commands" })).toBeVisible();
};

/** Waits until the search for an input that breaks the program has ended. */
const searched: Act = (_, playground) => expect(playground.id("witness")).toHaveAttribute("data-tried", /^\d+$/);

const studied: Act = async (page, playground) => {
  await read(page, playground);
  await searched(page, playground);
};

const PICTURES: readonly Picture[] = [
  { name: "workbench", size: DESK, act: steps(2) },
  { name: "workbench-dark-ja", size: DESK, theme: "dark", lang: "ja", act: steps(2) },
  { name: "workbench-contrast", size: DESK, theme: "contrast", act: steps(2) },
  { name: "tablet-ja", size: TABLET, lang: "ja" },
  { name: "refused", size: DESK, address: "#example/read-offset-4", act: searched },
  { name: "refused-dark-ja", size: DESK, theme: "dark", lang: "ja", address: "#example/read-offset-4", act: searched },
  {
    name: "graph",
    size: DESK,
    address: "#example/loop",
    act: async (page) => {
      await page.getByText("Graph", { exact: true }).click();
      // The counts of the run appear after the graph is drawn.
      await expect(page.getByText("×11").first()).toBeVisible();
    },
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
  { name: "lesson-ja", size: DESK, lang: "ja", address: "#lesson/9", act: studied },
  { name: "lesson-phone", size: PHONE, address: "#lesson/9", act: read },
  {
    name: "presenting-dark-ja",
    size: DESK,
    theme: "dark",
    lang: "ja",
    address: "?present=1#lesson/3",
    act: async (page, playground) => {
      await expect(playground.id("scene")).toHaveAttribute("data-press", "0");
      await page.keyboard.press("PageDown");
      await expect(playground.id("caption")).toContainText("fd は 3");
    },
  },
  { name: "phone", size: PHONE },
  { name: "phone-machine-dark-ja", size: PHONE, theme: "dark", lang: "ja", act: tab("マシン") },
  { name: "phone-kernel", size: PHONE, act: tab("Kernel") },
  { name: "embed", size: [700, 480], address: "?embed=1" },
  { name: "palette", size: DESK, act: palette },
];

for (const { name, size, theme, lang, address = "", act } of PICTURES)
  test.describe(name, () => {
    const phone = size === PHONE;
    test.use({ viewport: { width: size[0], height: size[1] }, hasTouch: phone, isMobile: phone });
    test("looks as recorded", async ({ playground, page, context }, info) => {
      await page.addInitScript(
        ([settings]) => localStorage.setItem("oreore.settings", settings as string),
        [JSON.stringify({ theme: theme ?? "light", language: lang ?? "en" })],
      );
      await page.emulateMedia({ reducedMotion: "reduce" });
      if (address.includes("present")) await page.goto(`./${address}`);
      else {
        await playground.open(address);
        if (size[0] >= TABLET[0]) await playground.editorReady();
        else await expect(page.locator(".plain .code__text").first()).toBeAttached();
        if (size === DESK) await expect(page.getByTestId("timeline")).toBeAttached();
        // An accepted program is run after a while. Its line is marked then.
        if ((await playground.verdict.getAttribute("data-verdict")) === "accept")
          await expect(page.locator(".line-current").first()).toBeAttached();
      }
      await act?.(page, playground);
      await page.addStyleTag({ content: HIDE_UNSTABLE });
      await playground.settled();
      // What was drawn last may need a typeface that is still loading.
      await page.evaluate(() => document.fonts.ready);
      const actual = await page.screenshot({ animations: "disabled", caret: "hide" });
      const file = join(import.meta.dirname, `pictures/${name}.png`);
      if (["all", "changed"].includes(info.config.updateSnapshots)) {
        writeFileSync(file, actual);
        return;
      }
      const found = await compare(await context.newPage(), readFileSync(file), actual);
      if (!found) throw new Error(`${name}: the picture has another size than the recorded one`);
      const allowed = ALLOWED[lang ?? "en"];
      const marked = info.outputPath("marked.png");
      if (found.differ > allowed) writeFileSync(marked, Buffer.from(found.marked, "base64"));
      expect(found.differ, `squares that differ from the recorded picture; framed in ${marked}`).toBeLessThanOrEqual(
        allowed,
      );
    });
  });
