// Languages, themes and the phone. axe checks each view in all of them.
import type { Page } from "@playwright/test";
import { faultsOf } from "./axe.ts";
import { expect, type Playground, test } from "./page.ts";
import { smallTargets } from "./small-targets.ts";

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

test("8: dark or light follows the system first, then the switch", async ({ playground, page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await playground.open();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.emulateMedia({ colorScheme: "light" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.locator(".header__menu").click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the program is readable in the reader's colours before any script is loaded", async ({ page }) => {
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

for (const { name, ...device } of [
  { name: "phone", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  { name: "desktop", viewport: { width: 1350, height: 940 } },
])
  test.describe(`first sight, ${name}`, () => {
    test.use(device);

    test("the program that is there before the scripts is the largest text, and stands where the editor shows it", async ({
      page,
    }) => {
      await page.addInitScript(() => {
        const largest: string[] = [];
        Object.assign(window, { largest });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { element?: Element })[])
            largest.push(entry.element?.className ?? "of the page");
        }).observe({ type: "largest-contentful-paint", buffered: true });
      });
      const largest = () => page.evaluate(() => (window as unknown as { largest: string[] }).largest);
      const scripts = /\/index-[^/]*\.js$/;
      await page.route(scripts, (route) => route.abort());
      await page.goto("./");
      await page.evaluate(() => document.fonts.load("14px 'IBM Plex Mono'"));
      const before = await page.locator(".first-sight").evaluate((sight) => {
        const range = document.createRange();
        range.selectNodeContents(sight);
        const { x, y } = range.getBoundingClientRect();
        return { x, y };
      });
      await expect.poll(largest).toEqual(["first-sight"]);

      await page.unroute(scripts);
      await page.reload();
      await expect(page.getByTestId("verdict")).toContainText("Accepted");
      // On a desktop Monaco has taken over, once its first line is drawn.
      const lines = page
        .getByTestId("editor")
        .locator(name === "phone" ? ".plain__area" : ".view-line span span >> nth=0");
      const drawn = () =>
        lines.evaluate((element) => {
          const { x, y } = element.getBoundingClientRect();
          return { x, y: y + Number.parseFloat(getComputedStyle(element).paddingTop) };
        });
      await expect.poll(async () => Math.abs((await drawn()).x - before.x)).toBeLessThan(2);
      await expect.poll(async () => Math.abs((await drawn()).y - before.y)).toBeLessThan(4);
      expect(await largest()).toEqual(["first-sight"]);
    });
  });

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the whole demo works with tabs and a plain text area", async ({ playground, page }) => {
    await playground.page.goto("./");
    await expect(playground.id("editor")).toHaveAttribute("data-editor", "plain");
    await expect(playground.id("editor").getByRole("textbox")).toHaveValue(/BPF_ALU32_IMM/);
    await page.getByRole("tab", { name: "Kernel" }).click();
    await playground.demo("10");
    await expect(playground.id("sysfs-output")).toHaveText("52");
    await page.getByRole("tab", { name: "Machine" }).click();
    const step = playground.id("step");
    await step.click();
    await playground.expectRegister(0, 10n);
    // One screen shows the program with its next line and the value last written, the instruction, and the registers.
    const program = playground.id("machine-program");
    await expect(program.locator(".line-values")).toHaveText("R0 = 0xa");
    for (const seen of [
      program.locator(".code__bar.line-current"),
      program.locator(".line-values"),
      playground.id("current-insn"),
      playground.id("reg-r0"),
      playground.id("reg-r10"),
    ])
      await expect(seen).toBeInViewport({ ratio: 0.9 });
    // A press on a line's number sets a breakpoint, and no button moves.
    const before = await step.boundingBox();
    await program.locator('[data-number="6"]').click();
    await expect(program.locator(".breakpoint")).toHaveText("6");
    expect(await step.boundingBox()).toEqual(before);
    await playground.id("run-to-end").click();
    await expect(playground.id("current-insn")).toHaveAttribute("data-index", "2");
    // A press on a line moves the run to it.
    await program.locator('.code__line[data-line="4"]').click();
    await expect(playground.id("timeline")).toHaveAttribute("aria-valuenow", "1");

    await page.getByRole("tab", { name: "Program" }).click();
    const editor = playground.id("editor");
    const area = editor.getByRole("textbox");
    const colour = (element: Element) => getComputedStyle(element).color;
    const token = (name: string) =>
      page.evaluate((one) => {
        const span = document.createElement("span");
        span.style.color = `var(--${one})`;
        document.body.append(span);
        const { color } = getComputedStyle(span);
        span.remove();
        return color;
      }, name);
    const register = editor.locator(".code__line span", { hasText: /^BPF_REG_0$/ }).first();
    expect(await register.evaluate(colour)).toBe(await token("code-register"));
    // The breakpoint moves with its line. A long line scrolls and is not cut.
    await area.fill(`// one line more, and a long one${" and on".repeat(9)}\n${await area.inputValue()}`);
    await expect(editor.locator(".breakpoint")).toHaveText("7");
    await editor.locator(".plain").evaluate((element) => element.scrollTo(9999, 0));
    const [cut, scrolled] = await editor.evaluate((element) => {
      const text = element.querySelector("textarea") as HTMLElement;
      return [text.scrollWidth - text.clientWidth, element.querySelector(".plain")?.scrollLeft ?? 0];
    });
    expect(cut).toBeLessThanOrEqual(0);
    expect(scrolled).toBeGreaterThan(100);
    // The messages of the assembler and of the verifier are shown whole, at their lines.
    await area.fill("BPF_MOV64_IM(BPF_REG_0, 70000, 3),\nBPF_EXIT_INSN(),");
    await area.blur();
    await expect(editor.locator('.code__note[data-line="1"]')).toContainText("there is no macro `BPF_MOV64_IM`");
    await expect(editor.locator(".code__wrong").first()).toHaveText("BPF_MOV64_IM");
    await area.fill("BPF_MOV64_REG(BPF_REG_0, BPF_REG_2),\nBPF_EXIT_INSN(),");
    await area.blur();
    const note = editor.locator('.code__note[data-line="1"]');
    await expect(note).toHaveText("R2 !read_ok");
    await expect(note.locator(".line-message")).toBeInViewport({ ratio: 1 });
    // Below a note, lines are drawn lower than in the text area. A press on such a line still puts the cursor into it.
    await editor.locator('.code__line[data-line="2"]').click({ position: { x: 200, y: 10 } });
    await expect(area).toBeFocused();
    expect(await area.evaluate((element: HTMLTextAreaElement) => element.selectionStart)).toBeGreaterThan(36);
    await area.fill("BPF_EXIT_INSN(),");
    await expect(page.getByRole("tab", { name: "Refused" })).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
  });
});

/** Opens every view of every pane, one after the other: each choice in each row of choices inside a pane. */
async function* viewsOfPanes(playground: Playground): AsyncGenerator<readonly [view: string, pane: string]> {
  const choices = playground.page.locator(".pane .segments__one input");
  const names = await choices.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).name));
  for (const [i, name] of names.entries()) {
    const one = choices.nth(i);
    if ((await one.count()) === 0 || (await one.isChecked())) continue;
    await one.evaluate((input: HTMLInputElement) => input.click());
    await playground.settled();
    yield [`${name} ${i}`, `.pane:has(input[name="${name}"])`];
  }
}

/** The dialogs over the page, each with the action that opens it. */
const SHEETS: readonly (readonly [name: string, open: (page: Page) => Promise<unknown>])[] = [
  ["palette", (page) => page.keyboard.press("Control+K")],
  [
    "keys",
    async (page) => {
      await page.locator(".header__menu").click();
      await page.getByRole("menuitem", { name: /Keyboard shortcuts|キーボードショートカット/ }).click();
    },
  ],
  ["files", (page) => page.keyboard.press("Control+O")],
  ["share", (page) => page.getByTestId("share").click()],
];

const GALLERY: (typeof SHEETS)[number] = ["gallery", (page) => page.locator(".header__examples").click()];

/** Addresses with other views: a refused program, one that does not assemble, a lesson, a link that cannot be read. */
const ADDRESSES = ["#example/read-offset-4", "#src=BPF_", "#lesson/2", "#v9.x"];

/**
 * Opens everything that can be opened, in one language, and calls `look` for each view. `within`: selector of the part that is new since
 * the last call. The rest of the page is unchanged, or inert behind a dialog.
 */
async function walk(
  playground: Playground,
  lang: "en" | "ja",
  look: (view: string, within?: string) => Promise<void>,
): Promise<void> {
  const { page } = playground;
  await playground.open(`?lang=${lang}`);
  await playground.editorReady();
  await look("as it opens");
  await playground.demo("10");
  await playground.steps(2);
  await look("after the demo");
  for await (const [view, pane] of viewsOfPanes(playground)) await look(view, pane);
  await page.getByRole("button", { name: /Extend the kernel|カーネルを拡張する/ }).click();
  await expect(page.locator(".extend")).toBeVisible();
  await playground.settled();
  await look("extend", ".extend");
  for (const layout of [2, 3, 4, 1]) {
    await page.keyboard.press(`Alt+${layout}`);
    await playground.settled();
    await look(`layout ${layout}`);
  }
  for (const [name, open] of SHEETS) {
    await open(page);
    const sheet = page.getByRole("dialog");
    await expect(sheet).toBeVisible();
    await look(name, "dialog");
    for (const way of await sheet.locator(".segments__one").all()) {
      await way.click();
      await look(`${name}: ${await way.textContent()}`, "dialog");
    }
    await page.keyboard.press("Escape");
    await expect(sheet).toHaveCount(0);
  }
  for (const [i, address] of ADDRESSES.entries()) {
    await playground.open(`?lang=${lang}&${i}${address}`);
    await playground.editorReady();
    await look(address);
  }
}

/** Visible English texts on the Japanese page: three words or more and no Japanese, outside of code, keys and texts marked as English. */
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

test("axe finds nothing, whatever is opened, in any theme", async ({ playground, page }) => {
  test.setTimeout(600_000); // axe looks at every element, some thirty times
  await walk(playground, "en", async (view, within) => {
    expect.soft(await faultsOf(page, { within }), view).toEqual([]);
  });
});

// Another language changes words and how they wrap, but no colours. So the second language is checked in one theme.
test("in Japanese axe finds nothing and no English sentence is in sight, whatever is opened", async ({
  playground,
  page,
}) => {
  test.setTimeout(600_000);
  await walk(playground, "ja", async (view, within) => {
    expect.soft(await englishOn(page), view).toEqual([]);
    expect.soft(await faultsOf(page, { within, themes: "light" }), view).toEqual([]);
  });
});

test("axe finds nothing: ?embed=1", async ({ playground, page }) => {
  await playground.open("?embed=1");
  await playground.editorReady();
  expect(await faultsOf(page)).toEqual([]);
});

test.describe("on a phone, whatever is opened", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  test("axe finds nothing, and everything that can be pressed has at least 44 pixels", async ({ playground, page }) => {
    const look = async (view: string, within?: string): Promise<void> => {
      await playground.settled();
      expect.soft(await smallTargets(page, within), view).toEqual([]);
    };
    await page.goto("./#example/map-counter");
    await expect(page.getByRole("tab")).toHaveCount(4);
    for (const tab of await page.getByRole("tab").all()) {
      await tab.click();
      await look((await tab.textContent()) ?? "");
      expect.soft(await faultsOf(page)).toEqual([]);
    }
    await expect(playground.id("load")).toBeVisible();
    await playground.id("run").evaluate((run: HTMLElement) => run.click());
    await page.getByRole("button", { name: "Extend the kernel" }).click();
    await expect(page.locator(".extend")).toBeVisible();
    for await (const [view, pane] of viewsOfPanes(playground)) {
      const id = await page.locator(pane).evaluate((element) => element.closest("[role=tabpanel]")?.id ?? "");
      await page.locator(`#${id.replace("pane", "tab")}`).click();
      await look(view, `#${id}`);
    }
    await page.getByRole("tab", { name: "Machine" }).click();
    await page.locator("label", { hasText: "Registers" }).click();
    await playground.id("machine-program").locator('[data-number="2"]').click();
    await page.getByRole("button", { name: "R1", exact: true }).click();
    await expect(page.getByRole("menu")).toBeVisible();
    await look("stops, and the menu of a value");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("menu")).toHaveCount(0);
    await page.getByRole("button", { name: "Speed, and more ways" }).click();
    await expect(playground.id("step-menu")).toBeVisible();
    await look("more ways through the run");
    await page.keyboard.press("Escape");
    await expect(playground.id("step-menu")).toHaveCount(0);
    await page.getByRole("tab", { name: "Program" }).click();
    await page.getByLabel("What the editor shows").click();
    await expect(page.getByLabel("Jumps as arrows")).toBeVisible();
    await look("the editor's menu");
    await page.keyboard.press("Escape");
    await page.locator(".header__menu").click();
    await expect(page.getByRole("menuitem").first()).toBeVisible();
    await look("the menu");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("menuitem")).toHaveCount(0);
    for (const [name, open] of [...SHEETS, GALLERY]) {
      await open(page);
      const sheet = page.getByRole("dialog");
      await expect(sheet).toBeVisible();
      for (const way of await sheet.locator(".segments__one").all()) {
        await way.click();
        await look(`${name}: ${await way.textContent()}`, "dialog");
      }
      await look(name, "dialog");
      await page.keyboard.press("Escape");
      await expect(sheet).toHaveCount(0);
    }
    await playground.page.goto("./?refused#lesson/9");
    await page.getByRole("tab", { name: "Refused" }).click();
    await look("refused");
    await page.getByRole("tab", { name: "Program" }).click();
    await look("refused: the program");
    await page.getByRole("tab", { name: "Lesson" }).click();
    await look("a lesson");
    await page.locator(".lesson__of").click();
    await look("the list of lessons");
  });
});

test("with the system's own colours one can still see what is chosen", async ({ playground, page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await playground.open();
  const chosen = page.locator(".header .segments__one[data-on]");
  const other = page.locator(".header .segments__one:not([data-on])").first();
  const background = (element: Element) => getComputedStyle(element).backgroundColor;
  expect(await chosen.evaluate(background)).not.toBe(await other.evaluate(background));
});
