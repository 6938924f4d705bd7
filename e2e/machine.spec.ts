// The machine's pane: frames, maps, packets, events, output, faults, and the ways to move through a run.
import { writeFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { faultsOf } from "./axe.ts";
import { expect, type Playground, test } from "./page.ts";

test.use({ editor: "plain" });

const pane = (page: Page): Locator => page.getByRole("region", { name: "Machine", exact: true });
const view = (page: Page, name: string): Locator => pane(page).getByText(name, { exact: true }).first();

const opened = async (playground: Playground, name: string): Promise<void> => {
  await playground.open(`#example/${name}`);
  await expect(playground.id("current-insn")).toHaveAttribute("data-index", "0");
};
const onStep = (playground: Playground, step: number): Promise<void> =>
  expect(playground.id("timeline")).toHaveAttribute("aria-valuenow", String(step));

test("a map is shown as it is at each step, with what the step changed", async ({ playground, page }) => {
  await opened(playground, "remember");
  // From the line that declares the map to the map, and back to a line that loads it.
  await page.locator(".editor-pane").getByText("Disassembly").click();
  await page.locator(".listing__map").first().click();
  const map = playground.id("map-seen");
  await expect(map).toBeFocused();
  await expect(map).toContainText(/declared in line 1\s*loaded in line 6\s*line 19/);
  await map.getByRole("button", { name: "line 19" }).click();
  await expect(map.locator('[aria-current="true"]')).toHaveText(["line 19"]);
  await expect(playground.id("editor").getByRole("textbox")).toBeFocused();
  await expect(map).toContainText("Empty");
  await playground.id("run-to-end").click();
  await expect(map.getByRole("row").last()).toContainText("0x1");
  await map.getByRole("button", { name: "0x7", exact: true }).click();
  await page.getByRole("menuitem", { name: "Back to the last write" }).click();
  await expect(map.locator("[data-written]")).toHaveCount(1);
  await expect(map.locator("[data-written]")).toContainText("new");
  await playground.id("step-back").click();
  await expect(map).toContainText("Empty");
});

test("an element that is set before the run is seen by the run", async ({ playground, page }) => {
  await opened(playground, "remember");
  await view(page, "Maps").click();
  const map = playground.id("map-seen");
  await map.getByRole("button", { name: "Add an element" }).click();
  await map.getByLabel("Key", { exact: true }).fill("7");
  await map.getByLabel("Value", { exact: true }).fill("twelve");
  await map.getByRole("button", { name: "Set" }).click();
  await expect(map.getByRole("alert")).toContainText("8 bytes");
  await map.getByLabel("Value", { exact: true }).fill("41");
  await map.getByRole("button", { name: "Set" }).click();
  await expect(map).toContainText("0x29");
  await view(page, "Registers").click();
  await playground.id("run-to-end").click();
  await playground.expectRegister(0, 42n);
});

test("an element of a map in the running kernel is set and deleted with bpf(2)", async ({ playground, page }) => {
  await opened(playground, "remember");
  await playground.demo("7");
  await expect(playground.id("sysfs-output")).toHaveText("1");
  await view(page, "Maps").click();
  await page.getByText("In the kernel now").click();
  const map = playground.id("map-seen");
  await map.getByRole("button", { name: "Edit seen[0x7]" }).click();
  await map.getByLabel("Value", { exact: true }).fill("99");
  await map.getByRole("button", { name: "Set" }).click();
  await expect(map).toContainText("0x63");
  // Stepping through the old run does not undo the new value.
  await playground.id("step").click();
  await onStep(playground, 1);
  await playground.echo("7");
  await playground.id("sysfs-read").click();
  await expect(playground.id("sysfs-output")).toHaveText("100");
  await map.getByRole("button", { name: "Delete seen[0x7]" }).click();
  await expect(map).toContainText("BPF_MAP_DELETE_ELEM");
  await expect(map).toContainText("Empty");
});

test("a chosen packet is drawn with its headers, and its result is shown", async ({ playground, page }) => {
  await opened(playground, "drop-ping");
  await view(page, "Packet").click();
  await playground.id("packet-choice").selectOption("icmp-echo");
  await expect(playground.id("packet-result")).toHaveText("XDP_DROP (1)");
  const icmp = page.getByRole("region", { name: "ICMP", exact: true });
  await expect(icmp).toContainText("8 (echo)");
  // The load of the EtherType runs next, so the two bytes that it reads are marked.
  for (let i = 0; i < 6; i++) await playground.id("step").click();
  await expect(playground.id("packet-bytes").locator("[data-read]")).toHaveText(["08", "00"]);
  await playground.id("packet-choice").selectOption("tcp-syn");
  await expect(playground.id("packet-result")).toHaveText("XDP_PASS (2)");
});

test("a packet can be pasted as a dump, and opened from a capture file", async ({ playground, page }, info) => {
  await opened(playground, "drop-ping");
  await view(page, "Packet").click();
  await page.getByRole("button", { name: "Paste bytes" }).click();
  const text = page.getByRole("textbox", { name: "Bytes of the packet" });
  await text.fill("hello");
  await page.getByRole("button", { name: "Use these bytes" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("no hex digit");
  await text.fill(`0000   ff ff ff ff ff ff 02 00 00 00 00 0a 08 06 00 01   ................
0010   aa bb                                             ..`);
  await page.getByRole("button", { name: "Use these bytes" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(playground.id("packet-bytes")).toContainText("aa");
  // pcap, little-endian, Ethernet, one frame of 60 bytes.
  const file = Buffer.alloc(24 + 16 + 60);
  file.writeUInt32LE(0xa1b2c3d4, 0);
  file.writeUInt32LE(1, 20);
  file.writeUInt32LE(60, 32);
  file.writeUInt32LE(60, 36);
  file.fill(0x5c, 40);
  writeFileSync(info.outputPath("one.pcap"), file);
  await page.getByLabel("Open a capture").setInputFiles(info.outputPath("one.pcap"));
  await expect(playground.id("packet-choice")).toContainText("Packet 1, 60 bytes");
  await expect(playground.id("packet-bytes")).toContainText("5c");
});

test("registers at a kprobe are set by name", async ({ playground, page }) => {
  await playground.open();
  await page.getByLabel("Program type").selectOption("kprobe");
  await playground.write("BPF_LDX_MEM(BPF_DW, BPF_REG_0, BPF_REG_1, offsetof(struct pt_regs, di)),\nBPF_EXIT_INSN(),");
  await playground.expectVerdict("accept");
  await view(page, "Event").click();
  await pane(page).getByLabel("di", { exact: true }).fill("1234");
  await view(page, "Registers").click();
  await playground.id("run-to-end").click();
  await playground.expectRegister(0, 1234n);
});

test.describe("with the editor's margin", () => {
  test.use({ editor: "monaco" });
  test("a breakpoint stops when its condition holds, and a faulty condition gives a message", async ({
    playground,
    page,
  }) => {
    await opened(playground, "loop");
    await playground.editorReady();
    await playground.id("editor").locator(".view-line").nth(4).click();
    await page.keyboard.press("F9");
    const stops = pane(page).getByRole("list", { name: "Stops" });
    await expect(stops).toContainText("line");
    await stops.getByLabel("only when").fill("r2 =");
    await expect(stops.getByRole("alert")).not.toBeEmpty();
    await stops.getByLabel("only when").fill("r2 == 3");
    await expect(stops.getByRole("alert")).toHaveCount(0);
    await playground.id("run-to-end").click();
    await playground.expectRegister(2, 3n);
    await expect(pane(page).locator('[data-kind="breakpoint"]').first()).toBeAttached();
    await page.keyboard.press("F9");
    await expect(stops).toHaveCount(0);
  });
});

test("one can go back to a value's last write, and a watched value stops the run and play when it changes", async ({
  playground,
  page,
}) => {
  await opened(playground, "loop");
  await playground.id("run-to-end").click();
  const r0 = pane(page).getByRole("button", { name: "R0", exact: true });
  await r0.focus();
  await page.keyboard.press("w");
  await expect(page.getByRole("row", { name: /^R0/ })).toHaveAttribute("data-written", "true");
  const last = Number(await playground.id("timeline").getAttribute("aria-valuenow"));
  await page.keyboard.press("w");
  await expect
    .poll(async () => Number(await playground.id("timeline").getAttribute("aria-valuenow")))
    .toBeLessThan(last);
  await playground.id("reset").click();
  await r0.click();
  await page.getByRole("menuitem", { name: "Stop when it changes" }).click();
  await playground.id("run-to-end").click();
  await expect(page.getByRole("row", { name: /^R0/ })).toHaveAttribute("data-written", "true");
  await expect(playground.id("current-insn")).toContainText("Stopped: R0 has changed.");
  const at = Number(await playground.id("timeline").getAttribute("aria-valuenow"));
  await pane(page).getByRole("button", { name: "Speed, and more ways through the run" }).click();
  const menu = playground.id("step-menu");
  await menu.getByText("fastest").click();
  expect(await faultsOf(page, { within: ".step-menu" })).toEqual([]);
  await menu.getByLabel("Register", { exact: true }).selectOption("R2");
  await menu.getByRole("button", { name: "Back to where R2 changed" }).click();
  await onStep(playground, at - 2);
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await page.keyboard.press("Control+F8");
  await onStep(playground, at);
  await expect(playground.id("play")).toHaveAccessibleName("Play");
  await expect(playground.id("current-insn")).toContainText("Stopped: R0 has changed.");
});

test("each value may have its own number base, and one can go to a step by its number", async ({
  playground,
  page,
}) => {
  await opened(playground, "plus42");
  const step = pane(page).getByLabel("Go to step");
  await step.fill("2");
  await step.press("Enter");
  await onStep(playground, 2);
  const r0 = pane(page).getByRole("button", { name: "R0", exact: true });
  await r0.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menu")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(r0).toBeFocused();
  await r0.click();
  await page.getByRole("menuitemradio", { name: "binary" }).click();
  await expect(playground.id("reg-r0")).toHaveText("0b11_0100");
  await expect(playground.id("reg-r1")).not.toContainText("0b");
});

test("active calls are shown as frames, each with its saved registers", async ({ playground, page }) => {
  await opened(playground, "subprogram");
  for (let i = 0; i < 4; i++) await playground.id("step").click();
  const frames = pane(page).locator(".frame");
  await expect(frames).toHaveCount(2);
  await expect(frames.first()).toHaveAttribute("open", "");
  await frames.last().locator("summary").click();
  await expect(frames.last()).toContainText("R60xa");
});

test("trace_pipe grows with the steps", async ({ playground, page }) => {
  await opened(playground, "trace-printk");
  await view(page, "Output").click();
  await expect(playground.id("output")).toContainText("1 more comes later");
  await playground
    .id("output")
    .getByRole("button", { name: /Go to step/ })
    .click();
  await expect(playground.id("output").locator("[data-written]")).toContainText("n=10");
  await playground.id("step-back").click();
  await expect(playground.id("output")).toContainText("Nothing was sent");
});

test("a fault names the access and the memory next to it", async ({ playground, page }) => {
  await playground.open("#example/stack-out-of-bounds");
  await page.getByRole("button", { name: "Run without the verifier" }).click();
  await expect(playground.id("current-insn")).toHaveAttribute("data-end", "fault");
  await expect(playground.id("current-insn")).toContainText("writes 8 bytes at");
  await expect(playground.id("current-insn")).toContainText("stack");
});

test("the same seed gives the same run, another seed gives another run", async ({ playground, page }) => {
  await opened(playground, "prandom");
  const random = async (): Promise<string | null> => {
    const timeline = playground.id("timeline");
    await playground.id("run-to-end").click();
    await expect(timeline).toHaveAttribute("aria-valuenow", (await timeline.getAttribute("aria-valuemax")) ?? "");
    return playground.id("reg-r0").getAttribute("data-value");
  };
  const first = await random();
  const seed = async (value: string): Promise<void> => {
    await playground.id("seed").fill(value);
    await playground.id("seed").press("Enter");
    await onStep(playground, 0);
  };
  await seed("77");
  expect(await random()).not.toBe(first);
  await seed("1");
  expect(await random()).toBe(first);
  await page.getByRole("button", { name: "New seed" }).click();
  await expect(playground.id("seed")).not.toHaveValue("1");
});

test("each step is announced to a screen reader", async ({ playground, page }) => {
  await opened(playground, "plus42");
  const told = pane(page).locator("p[role=status]");
  await playground.id("step").click();
  await expect(told).toContainText("Step 1 of 3. R0 = 0xa. Next: w0 += 42");
  await playground.id("language").click();
  await expect(page.locator("section.machine-pane p[role=status]")).toContainText(
    "ステップ 1 / 3。R0 = 0xa。次の命令: w0 += 42",
  );
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a swipe steps forwards and back", async ({ playground, page }) => {
    await page.goto("./");
    await page.getByRole("tab", { name: "Machine" }).click();
    await expect(playground.id("current-insn")).toHaveAttribute("data-index", "0");
    const swipe = async (from: number, to: number): Promise<void> => {
      const session = await page.context().newCDPSession(page);
      const touch = (type: "touchStart" | "touchMove" | "touchEnd", x?: number) =>
        session.send("Input.dispatchTouchEvent", { type, touchPoints: x === undefined ? [] : [{ x, y: 420 }] });
      await touch("touchStart", from);
      await touch("touchMove", (from + to) / 2);
      await touch("touchMove", to);
      await touch("touchEnd");
    };
    await swipe(300, 120);
    await onStep(playground, 1);
    await swipe(120, 300);
    await onStep(playground, 0);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide).toBe(false);
  });
});

test("axe finds nothing in any view", async ({ playground, page }) => {
  for (const [name, views] of [
    ["remember", ["Maps", "Registers"]],
    ["drop-ping", ["Packet"]],
    ["trace-printk", ["Output"]],
  ] as const) {
    await opened(playground, name);
    await playground.id("run-to-end").click();
    for (const one of views) {
      await view(page, one).click();
      await expect(pane(page).locator(`[data-view="${one.toLowerCase()}"] > *`).first()).toBeVisible();
      expect(await faultsOf(page, { within: ".machine-pane" }), one).toEqual([]);
    }
  }
  await view(page, "Timing").click();
  await page.getByRole("button", { name: "Measure" }).click();
  await expect(pane(page).locator(".speed__plot")).toBeVisible();
  await expect(pane(page)).toContainText(/Entering compiled code from JavaScript costs [\d.]+ (?:ns|µs) each time/);
  expect(await faultsOf(page, { within: ".machine-pane" }), "Timing").toEqual([]);
});
