// What the tests do with the page, in its users' words.
import { test as base, expect, type Locator, type Page } from "@playwright/test";

export { expect };

export class Playground {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens an address; `address` is what follows the folder: `?lang=ja#example/plus42`. */
  async open(address = ""): Promise<void> {
    await this.page.goto(`./${address}`);
    await expect(this.verdict).toHaveAttribute("data-verdict", /./);
  }

  /** Waits until Monaco has taken the text area's place. */
  async editorReady(): Promise<void> {
    await expect(this.id("editor")).toHaveAttribute("data-editor", "monaco");
    await expect(this.id("editor").locator(".view-line").first()).toBeVisible();
  }

  id(name: string): Locator {
    return this.page.getByTestId(name);
  }

  get verdict(): Locator {
    return this.id("verdict");
  }

  /** Replaces the program as a person would: select all, then type (pasted in one go). */
  async write(source: string): Promise<void> {
    await this.editorReady();
    await this.id("editor").locator(".view-lines").click();
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.insertText(source);
  }

  async expectVerdict(verdict: "accept" | "reject" | "error"): Promise<void> {
    await expect(this.verdict).toHaveAttribute("data-verdict", verdict);
  }

  async expectRegister(n: number, value: bigint): Promise<void> {
    await expect(this.id(`reg-r${n}`)).toHaveAttribute("data-value", value.toString(16).padStart(16, "0"));
  }

  /** load, attach, echo, cat. */
  async demo(input: string): Promise<void> {
    await this.id("load").click();
    await this.id("attach").click();
    await this.echo(input);
    await this.id("sysfs-read").click();
  }

  async echo(input: string): Promise<void> {
    await this.id("sysfs-input").fill(input);
    await this.id("sysfs-write").click();
  }
}

/** A test with a page on which no script may fail. */
export const test = base.extend<{ playground: Playground }>({
  playground: async ({ page }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await use(new Playground(page));
    expect(faults).toEqual([]);
  },
});
