// The page as a frame inside another page: two frames on one page, their heights, and that they do not affect one another.
import type { Page } from "@playwright/test";
import { expect, test } from "./page.ts";

/** Opens a page that contains frames of the playground. The page has the same origin. It is made here, because the build has none. */
async function around(page: Page, frames: readonly string[], script = ""): Promise<void> {
  await page.route("**/any/folder/host.html", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><title>Host</title>${frames
        .map((query, i) => `<iframe name="f${i}" src="./${query}" width="1000" height="560"></iframe>`)
        .join("")}${script}`,
    }),
  );
  await page.goto("./host.html");
}

test("two frames on a page do not disturb each other, nor the reader's own draft", async ({ page }) => {
  await page.goto("./");
  await page.evaluate(() =>
    localStorage.setItem("oreore.draft", JSON.stringify({ source: "// mine", progType: "oreore", input: "1" })),
  );
  const before = await page.evaluate(() => JSON.stringify(localStorage));
  await around(page, ["?embed=1#example/plus42", "?embed=1&lang=ja#example/div-by-zero"]);
  const [one, two] = [page.frameLocator("[name=f0]"), page.frameLocator("[name=f1]")];
  await expect(one.getByTestId("verdict")).toHaveAttribute("data-verdict", "accept");
  await expect(two.getByTestId("verdict")).toHaveAttribute("data-verdict", "reject");
  await one.getByTestId("step").click();
  await one.getByTestId("step").click();
  await expect(one.getByTestId("timeline")).toHaveAttribute("aria-valuenow", "2");
  await expect(two.getByTestId("verdict")).toContainText("拒否");
  await expect(one.getByTestId("verdict")).toContainText("Accepted");
  expect(await page.evaluate(() => JSON.stringify(localStorage))).toBe(before);
});

test("a frame of automatic height tells the page around it its height, and nothing else", async ({ page }) => {
  await around(
    page,
    ["?embed=1&height=auto#example/plus42"],
    `<script>window.heard = []; addEventListener("message", ({ data, source }) => {
      window.heard.push(data);
      for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source) frame.height = data.height;
    });</script>`,
  );
  await expect(page.frameLocator("[name=f0]").getByTestId("verdict")).toHaveAttribute("data-verdict", "accept");
  await expect
    .poll(() => page.evaluate(() => (window as never as { heard: unknown[] }).heard.at(-1)))
    .toMatchObject({ type: "oreore-height" });
  const [heard] = await page.evaluate(() => (window as never as { heard: Record<string, unknown>[] }).heard);
  expect(Object.keys(heard ?? {}).sort()).toEqual(["height", "type"]);
  const frame = page.frame("f0");
  const overflows = await frame?.evaluate(() => document.documentElement.scrollHeight > window.innerHeight);
  expect(overflows).toBe(false);
});

test("read-only: the program can be stepped but not changed, and opens in the playground", async ({
  page,
  context,
}) => {
  await around(page, ["?embed=1&readonly=1#example/plus42"]);
  const frame = page.frameLocator("[name=f0]");
  await expect(frame.getByTestId("editor")).toHaveAttribute("data-editor", "monaco");
  await expect(frame.getByTestId("current-insn")).toHaveAttribute("data-index", "0");
  await frame.getByTestId("editor").locator(".view-line", { hasText: "BPF_ALU32_IMM" }).click();
  await page.keyboard.type("x");
  // The click into the program moves the run to the step of that line. Then the run is reset.
  await expect(frame.getByTestId("timeline")).toHaveAttribute("aria-valuenow", "1");
  await frame.getByTestId("reset").click();
  await expect(frame.getByTestId("timeline")).toHaveAttribute("aria-valuenow", "0");
  await frame.getByTestId("step").click();
  await expect(frame.getByTestId("reg-r0")).toHaveAttribute("data-value", "000000000000000a");
  await expect(frame.getByTestId("verdict")).toHaveAttribute("data-verdict", "accept");
  const opened = context.waitForEvent("page");
  await frame.getByRole("link", { name: "Open in the playground" }).click();
  const playground = await opened;
  await expect(playground.getByTestId("timeline")).toHaveAttribute("aria-valuenow", "1");
  await expect(playground.locator(".header")).toBeVisible();
});

test("Run, its result and every register are in sight in a frame of any width, and nothing overlaps", async ({
  playground,
  page,
}) => {
  await playground.open("?embed=1#example/plus42");
  await playground.id("run").click();
  await expect(playground.id("result")).toContainText("52");
  await playground.expectRegister(0, 52n);
  const inSight = [playground.id("run"), playground.id("result")];
  const registers = Array.from({ length: 11 }, (_, n) => playground.id(`reg-r${n}`));
  for (const width of [400, 560, 640, 720, 800, 960])
    for (const height of [480, 600]) {
      await page.setViewportSize({ width, height });
      for (const one of [...inSight, ...registers])
        await expect(one, `${width} × ${height}`).toBeInViewport({ ratio: 0.9 });
      await expect(() => expectNoOverlap(page)).toPass();
    }
  // A lower frame still shows the program and Run. The log appears when it is asked for.
  for (const [width, height] of [
    [900, 400],
    [400, 320],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect(() => expectNoOverlap(page)).toPass();
    await expect(playground.id("run")).toBeInViewport({ ratio: 0.9 });
  }
  await page.getByRole("button", { name: "Verifier log" }).click();
  await expect(playground.id("verifier-log")).toBeVisible();
});

/** Program, verdict, run and foot are all visible, lie inside the frame, and do not overlap. */
async function expectNoOverlap(page: Page): Promise<void> {
  const { width, height } = page.viewportSize() as { width: number; height: number };
  const box = async (name: string) => {
    const part = page.locator(`.embed__${name}`);
    await expect(part).toBeVisible();
    return (await part.boundingBox()) as { x: number; y: number; width: number; height: number };
  };
  const boxes = await Promise.all(["program", "verdict", "run", "foot"].map(box));
  for (const { x, y, width: w, height: h } of boxes) {
    expect(h).toBeGreaterThan(24);
    expect(x + w).toBeLessThanOrEqual(width);
    expect(y + h).toBeLessThanOrEqual(height);
    for (const other of boxes)
      if (other.x !== x || other.y !== y)
        expect(x + w <= other.x || other.x + other.width <= x || y + h <= other.y || other.y + other.height <= y).toBe(
          true,
        );
  }
}
