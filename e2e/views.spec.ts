// Languages, themes, the phone; and axe on each view in each of them.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./page.ts";

test("8: the page switches between English and Japanese, and <html lang> follows", async ({ playground, page }) => {
  await playground.open();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await playground.id("language").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(playground.verdict).toContainText("受理");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await playground.id("language").click();
  await expect(playground.verdict).toContainText("Accepted");
});

test("?lang=ja opens in Japanese, with any link", async ({ playground, page }) => {
  await playground.open("?lang=ja#example/read-offset-4");
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(playground.verdict).toContainText("拒否");
  await expect(playground.id("verifier-message")).toHaveText("invalid bpf_context access off=4 size=4");
});

test("8: dark and light: the system's wish first, then the switch", async ({ playground, page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await playground.open();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.emulateMedia({ colorScheme: "light" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.getByRole("button", { name: /^Theme/ }).click(); // system → light
  await page.getByRole("button", { name: /^Theme/ }).click(); // light → dark
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the program is readable before any script has come, in the reader's colours", async ({ page }) => {
  await page.route(/\.js$/, (route) => route.abort());
  const sight = page.locator(".first-sight");
  await page.goto("./");
  await expect(sight).toContainText("BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.goto("./?lang=ja#src=BPF_EXIT_INSN()%2C%20%2F%2F%20%3Cb%3E");
  await expect(sight).toHaveText("BPF_EXIT_INSN(), // <b>");
  await page.evaluate(() => {
    localStorage.setItem("oreore.draft", JSON.stringify({ source: "// mine", progType: "oreore", input: "" }));
    localStorage.setItem("oreore.settings", JSON.stringify({ theme: "dark" }));
  });
  await page.goto("./");
  await page.reload();
  await expect(sight).toHaveText("// mine");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto("./#lesson/1");
  await page.reload();
  await expect(sight).toHaveText("");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the whole demo with tabs and a plain text area", async ({ playground, page }) => {
    await playground.page.goto("./");
    await expect(playground.id("editor")).toHaveAttribute("data-editor", "plain");
    await expect(playground.id("editor").getByRole("textbox")).toHaveValue(/BPF_ALU32_IMM/);
    await page.getByRole("tab", { name: "Kernel" }).click();
    await playground.demo("10");
    await expect(playground.id("sysfs-output")).toHaveText("52");
    await page.getByRole("tab", { name: "Machine" }).click();
    await playground.id("step").click();
    await playground.expectRegister(0, 10n);
    await page.getByRole("tab", { name: "Program" }).click();
    await playground.id("editor").getByRole("textbox").fill("BPF_EXIT_INSN(),");
    await expect(page.getByRole("tab", { name: "Refused" })).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
  });
});

const violations = async (page: Page) => {
  const { violations: found } = await new AxeBuilder({ page })
    .options({ rules: { "target-size": { enabled: true } } })
    .analyze();
  return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
};

/** Every view of every pane: each choice of each bar of choices inside a pane, one after the other. */
async function* viewsOfPanes(page: Page): AsyncGenerator<string> {
  const choices = page.locator(".pane .segments__one input");
  for (const [name, value] of await choices.evaluateAll((all) =>
    all.map((one, i) => [(one as HTMLInputElement).name, i] as const),
  )) {
    const one = choices.nth(value);
    if ((await one.count()) === 0 || (await one.isChecked())) continue;
    await one.evaluate((input: HTMLInputElement) => input.click());
    await page.waitForTimeout(250); // what is loaded when it is asked for
    yield `${name} ${value}`;
  }
}

/** What hangs over the page, by what opens it. */
const SHEETS: readonly (readonly [name: string, open: (page: Page) => Promise<unknown>])[] = [
  ["palette", (page) => page.keyboard.press("Control+K")],
  ["keys", (page) => page.getByRole("button", { name: /Keyboard shortcuts|キーボードショートカット/ }).click()],
  ["files", (page) => page.keyboard.press("Control+O")],
  ["share", (page) => page.getByTestId("share").click()],
];

for (const theme of ["light", "dark", "contrast"] as const)
  for (const lang of ["en", "ja"] as const)
    test(`axe finds nothing: ${theme}, ${lang}`, async ({ playground, page }) => {
      test.setTimeout(400_000); // axe looks at every element, some thirty times
      await page.addInitScript(
        ([settings]) => localStorage.setItem("oreore.settings", settings as string),
        [JSON.stringify({ theme, language: lang })],
      );
      await playground.open(`?lang=${lang}`);
      await playground.editorReady();
      expect.soft(await violations(page)).toEqual([]);
      await playground.demo("10");
      await playground.id("step").click();
      await playground.id("step").click();
      expect.soft(await violations(page)).toEqual([]);
      for await (const view of viewsOfPanes(page)) expect.soft(await violations(page), view).toEqual([]);
      for (const layout of [2, 3, 4, 1]) {
        await page.keyboard.press(`Alt+${layout}`);
        expect.soft(await violations(page), `layout ${layout}`).toEqual([]);
      }
      for (const [name, open] of SHEETS) {
        await open(page);
        const sheet = page.getByRole("dialog");
        await expect(sheet).toBeVisible();
        expect.soft(await violations(page), name).toEqual([]);
        for (const way of await sheet.locator(".segments__one").all()) {
          await way.click();
          expect.soft(await violations(page), `${name}: ${await way.textContent()}`).toEqual([]);
        }
        await page.keyboard.press("Escape");
        await expect(sheet).toHaveCount(0);
      }
      // The words change nothing about colours and roles: the rarer programs are looked at in one language.
      for (const hash of lang === "en"
        ? ["#example/read-offset-4", "#src=BPF_", "#lesson/2", "#v9.x"]
        : ["#lesson/2"]) {
        await playground.open(`?lang=${lang}&${Math.random()}${hash}`);
        await playground.editorReady();
        expect.soft(await violations(page), hash).toEqual([]);
      }
    });

/** Sentences in sight that hold no Japanese: three words and more, not of a kernel, a program or a key. */
const englishOn = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? "";
      if (!element?.checkVisibility() || element.closest("[lang=en], code, pre, kbd, option, textarea, .monaco-editor"))
        continue;
      if (!/[\u3040-\u30ff\u3400-\u9fff]/.test(text) && /(?:[A-Za-z']{2,}[,.]? ){2,}[A-Za-z]{2,}/.test(text))
        found.push(text);
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      if (element.closest("[lang=en], code, .monaco-editor")) continue;
      for (const name of ["aria-label", "title", "placeholder"]) {
        const text = element.getAttribute(name) ?? "";
        if (!/[\u3040-\u30ff\u3400-\u9fff]/.test(text) && /(?:[A-Za-z']{2,}[,.]? ){2,}[a-z]{2,}/.test(text))
          found.push(`${name}: ${text}`);
      }
    }
    return found;
  });

test("in Japanese no English sentence is in sight, whatever is opened", async ({ playground, page }) => {
  test.setTimeout(200_000);
  await playground.open("?lang=ja");
  await playground.editorReady();
  await playground.demo("10");
  await playground.id("step").click();
  expect.soft(await englishOn(page)).toEqual([]);
  for await (const view of viewsOfPanes(page)) expect.soft(await englishOn(page), view).toEqual([]);
  await page.getByRole("button", { name: "カーネルを拡張する" }).click();
  await page.waitForTimeout(500);
  expect.soft(await englishOn(page), "extend").toEqual([]);
  for (const [name, open] of SHEETS) {
    await open(page);
    const sheet = page.getByRole("dialog");
    await expect(sheet).toBeVisible();
    expect.soft(await englishOn(page), name).toEqual([]);
    for (const way of await sheet.locator(".segments__one").all()) {
      await way.click();
      expect.soft(await englishOn(page), `${name}: ${await way.textContent()}`).toEqual([]);
    }
    await page.keyboard.press("Escape");
    await expect(sheet).toHaveCount(0);
  }
  for (const hash of ["#example/read-offset-4", "#src=BPF_", "#lesson/2", "#v9.x"]) {
    await playground.open(`?lang=ja&${Math.random()}${hash}`);
    await playground.editorReady();
    expect.soft(await englishOn(page), hash).toEqual([]);
  }
});

for (const address of ["?embed=1", "?present=1"])
  test(`axe finds nothing: ${address}`, async ({ playground, page }) => {
    await playground.open(address);
    await playground.editorReady();
    expect(await violations(page)).toEqual([]);
  });

test.describe("axe on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("finds nothing on any tab", async ({ playground, page }) => {
    await page.goto("./");
    for (const tab of await page.getByRole("tab").all()) {
      await tab.click();
      expect.soft(await violations(page)).toEqual([]);
    }
    await expect(playground.id("load")).toBeVisible();
  });
});

test("with the system's own colours, what is chosen is still seen", async ({ playground, page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await playground.open();
  const chosen = page.locator(".header .segments__one[data-on]");
  const other = page.locator(".header .segments__one:not([data-on])").first();
  const background = (element: Element) => getComputedStyle(element).backgroundColor;
  expect(await chosen.evaluate(background)).not.toBe(await other.evaluate(background));
});
