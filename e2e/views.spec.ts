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
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
};

for (const theme of ["light", "dark", "contrast"] as const)
  for (const lang of ["en", "ja"] as const)
    test(`axe finds nothing: ${theme}, ${lang}`, async ({ playground, page }) => {
      test.slow(); // axe looks at every element, eight times
      await page.addInitScript(
        ([settings]) => localStorage.setItem("oreore.settings", settings as string),
        [JSON.stringify({ theme, language: lang })],
      );
      await playground.open(`?lang=${lang}`);
      await playground.editorReady();
      expect(await violations(page)).toEqual([]);
      await playground.demo("10");
      await playground.id("step").click();
      await playground.id("step").click();
      expect(await violations(page)).toEqual([]);
      await playground.id("share").click();
      await expect(playground.id("share-link")).toContainText("#v1.");
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      // The words change nothing about colours and roles: the rarer views are looked at in one language.
      for (const hash of lang === "en"
        ? ["#example/read-offset-4", "#src=BPF_", "#lesson/2", "#v9.x"]
        : ["#lesson/2"]) {
        await playground.open(`?lang=${lang}&${Math.random()}${hash}`);
        await playground.editorReady();
        expect(await violations(page), hash).toEqual([]);
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
      expect(await violations(page)).toEqual([]);
    }
    await expect(playground.id("load")).toBeVisible();
  });
});
