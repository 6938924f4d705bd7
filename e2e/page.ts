// The page as the tests use it: actions and checks, named as a user would name them.
import { test as base, expect, type Locator, type Page, type Request } from "@playwright/test";

export { expect };

/**
 * The editor of a test: Monaco, or the text area, which is shown until Monaco is loaded and stays on touch devices. Loading Monaco takes
 * half of the time that a page takes to open. So a test that is not about the editor uses the text area.
 */
type Editor = "monaco" | "plain";

export class Playground {
  readonly page: Page;
  readonly #editor: Editor;
  readonly #underWay = new Set<Request>();

  constructor(page: Page, editor: Editor) {
    this.page = page;
    this.#editor = editor;
    page.on("request", (request) => this.#underWay.add(request));
    page.on("requestfinished", (request) => this.#underWay.delete(request));
    page.on("requestfailed", (request) => this.#underWay.delete(request));
  }

  /**
   * Opens the page as a new visit, until its verdict is there and it hears keys, drops and pastes. `address`: the part behind the folder,
   * `?lang=ja#example/plus42`.
   */
  async open(address = ""): Promise<void> {
    // For a browser an address that differs only behind its # is no new visit.
    if (this.page.url() !== "about:blank") await this.page.goto("about:blank");
    await this.page.goto(`./${address}`);
    await expect(this.verdict).toHaveAttribute("data-verdict", /./);
    await expect(this.page.locator("html")).toHaveAttribute("data-listening", "true"); // web/app/later.ts
  }

  /** Steps from the start of the run, as soon as it is there, each time after the step before. */
  async steps(n: number): Promise<void> {
    await expect(this.id("current-insn")).toHaveAttribute("data-index", "0");
    for (let i = 1; i <= n; i++) {
      await this.id("step").click();
      await expect(this.id("timeline")).toHaveAttribute("aria-valuenow", String(i));
    }
  }

  /** Waits until the editor of this test is there. Monaco replaces the text area. */
  async editorReady(): Promise<void> {
    if (this.#editor === "plain") return expect(this.id("editor").getByRole("textbox")).toBeVisible();
    await expect(this.id("editor")).toHaveAttribute("data-editor", "monaco");
    await expect(this.id("editor").locator(".view-line").first()).toBeVisible();
  }

  /**
   * Waits until no request is open and nothing is redrawn. For tests that cannot name what they wait for. What the page puts off by a timer,
   * such as the run of a new input, may still come.
   */
  async settled(): Promise<void> {
    do {
      await expect.poll(() => this.#underWay.size).toBe(0);
      await this.page.evaluate(unchanged, 6);
    } while (this.#underWay.size > 0);
  }

  id(name: string): Locator {
    return this.page.getByTestId(name);
  }

  get verdict(): Locator {
    return this.id("verdict");
  }

  /** Replaces the program as a person would: selects all, deletes it, and inserts the new text in one go. */
  async write(source: string): Promise<void> {
    if (this.#editor === "plain") return this.id("editor").getByRole("textbox").fill(source);
    await this.editorReady();
    await this.id("editor").locator(".view-lines").click();
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.insertText(source);
  }

  /** What Monaco shows, from top to bottom. In the document its lines stand in the order in which they were drawn. */
  drawnSource(): Promise<string> {
    return this.id("editor")
      .locator(".view-line")
      .evaluateAll((lines) =>
        (lines as HTMLElement[])
          .toSorted((a, b) => a.offsetTop - b.offsetTop)
          .map((line) => line.innerText.replaceAll("\u00a0", " "))
          .join("\n"),
      );
  }

  /** Pastes into the focused element. The text area needs a real insertion besides, because an event made by a script inserts nothing. */
  async paste(text: string): Promise<void> {
    await this.page.evaluate((pasted) => {
      const data = new DataTransfer();
      data.setData("text/plain", pasted);
      const target = document.activeElement;
      target?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      if (target?.closest(".plain")) document.execCommand("insertText", false, pasted);
    }, text);
  }

  async expectVerdict(verdict: "accept" | "reject" | "error"): Promise<void> {
    await expect(this.verdict).toHaveAttribute("data-verdict", verdict);
  }

  async expectRegister(n: number, value: bigint): Promise<void> {
    await expect(this.id(`reg-r${n}`)).toHaveAttribute("data-value", value.toString(16).padStart(16, "0"));
  }

  /** Load, attach, echo, cat, each after the answer to the one before. Each makes its call even if it fails. */
  async demo(input: string): Promise<void> {
    await this.#answered("BPF_PROG_LOAD", () => this.id("load").click());
    await this.#answered("BPF_PROG_ATTACH", () => this.id("attach").click());
    await this.#answered("openat(", () => this.echo(input));
    await this.#answered("openat(", () => this.id("sysfs-read").click());
  }

  /** Does something that makes a system call, and waits until the call is listed with its answer. */
  async #answered(call: string, act: () => Promise<void>): Promise<void> {
    const lines = this.id("syscall-log").locator("li", { hasText: call });
    const before = await lines.count();
    await act();
    await expect.poll(() => lines.count(), { timeout: 60_000 }).toBeGreaterThan(before);
  }

  /** On the stage, at its end: back to the scene on the real Linux; what it says of who answers. */
  async backToReal(): Promise<Locator> {
    const scene = this.id("scene");
    const real = this.id("stage-real");
    let press = Number(await scene.getAttribute("data-presses"));
    await expect(scene).toHaveAttribute("data-press", String(press));
    for (; press > 0 && !(await real.isVisible()); press--) {
      await this.page.keyboard.press("PageUp");
      await expect(scene).toHaveAttribute("data-press", String(press - 1));
    }
    return real;
  }

  async echo(input: string): Promise<void> {
    await this.id("sysfs-input").fill(input);
    await this.id("sysfs-write").click();
  }
}

/** Runs in the page. Waits until no element has appeared, disappeared or changed its text for this many frames. */
function unchanged(frames: number): Promise<void> {
  return new Promise((resolve) => {
    let still = 0;
    const watch = new MutationObserver(() => {
      still = 0;
    });
    watch.observe(document, { subtree: true, childList: true, characterData: true });
    const frame = (): void => {
      if (still++ < frames) requestAnimationFrame(frame);
      else {
        watch.disconnect();
        resolve();
      }
    };
    requestAnimationFrame(frame);
  });
}

/** Runs in the page before its scripts. The scripts are told that the pointer is a finger; the style sheets are not. */
function pointWithAFinger(): void {
  const asked = window.matchMedia.bind(window);
  window.matchMedia = (query) => asked(query === "(pointer: coarse)" ? "all" : query);
}

/** A test with a page. It fails if the page reports an error. A file or group chooses the editor: `test.use({ editor: "plain" })`. */
export const test = base.extend<{ playground: Playground; editor: Editor }>({
  editor: ["monaco", { option: true }],
  playground: async ({ page, editor }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    if (editor === "plain") await page.addInitScript(pointWithAFinger);
    await use(new Playground(page, editor));
    expect(faults).toEqual([]);
  },
});
