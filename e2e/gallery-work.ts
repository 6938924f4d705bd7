// Measures what it costs to open the gallery: the processor time of the page's thread from the press until every picture is drawn.
import { chromium } from "@playwright/test";
import { EXAMPLES } from "../engine/index.ts";
import { CHROMIUM_ARGS } from "./chromium.ts";
import { threadWork } from "./thread-work.ts";

/** Processor time in milliseconds. */
export async function galleryWork(url: string, executablePath: string): Promise<number> {
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(url);
    await page.locator('[data-editor="monaco"] .view-line').first().waitFor();
    const worked = await threadWork(page);
    const before = await worked();
    await page.locator(".header__examples").click();
    await page.waitForFunction(
      (all) =>
        [...document.querySelectorAll("[data-testid=gallery] li")].filter((li) => li.querySelector(".picture__row"))
          .length === all,
      EXAMPLES.length,
    );
    return (await worked()) - before;
  } finally {
    await browser.close();
  }
}
