// What a reader sees at a glance: the result beside Run, the same name for an answer in every pane, why something cannot be done.
import { expect, test } from "./page.ts";

for (const size of [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const)
  test.describe(`${size[0]} × ${size[1]}`, () => {
    test.use({ viewport: { width: size[0], height: size[1] } });
    test("the result is in sight beside Run", async ({ playground }) => {
      await playground.open();
      await playground.id("run").click();
      const result = playground.id("result");
      await expect(result).toHaveText("echo 10→52");
      await expect(result).toHaveAttribute("data-state", "ok");
      await expect(result).toBeInViewport({ ratio: 1 });
    });

    test("a refusal is shown beside Run, with its message", async ({ playground }) => {
      await playground.open("#example/unset-register");
      await expect(playground.id("result")).toHaveAttribute("data-state", "error");
      await expect(playground.id("result")).toContainText("-EACCES");
      await expect(playground.id("result")).toContainText("R2 !read_ok");
    });
  });

test("the introduction says what to do, and the first run removes it", async ({ playground, page }) => {
  await playground.open();
  await expect(page.locator(".intro")).toContainText("Change 42");
  await playground.id("run").click();
  await expect(page.locator(".intro")).toHaveCount(0);
});

test("Run without a change keeps the loaded program and its maps", async ({ playground }) => {
  await playground.open("#example/map-counter");
  await playground.id("run").click();
  await expect(playground.id("result")).toContainText("→1");
  await playground.id("run").click();
  await expect(playground.id("result")).toContainText("→2");
});

test("an XDP program's answer has the same name in every pane", async ({ playground, page }) => {
  await playground.open("#example/drop-ping");
  await playground.id("run").click();
  await expect(playground.id("result")).toHaveText(/^XDP_\w+ \(\d\)$/);
  const name = (await playground.id("result").textContent()) ?? "";
  await expect(page.locator(".now__insn")).toContainText(name);
  await expect(page.locator(".kernel-pane .shell__output")).toHaveText(name);
  await page.getByText("Packet", { exact: true }).click();
  await expect(playground.id("packet-result")).toHaveText(name);
});

test("an error is shown under its command, in the shell's words and with the reason", async ({ playground, page }) => {
  await playground.open();
  await playground.id("sysfs-write").click();
  const shell = page.locator(".kernel-pane .shell").first();
  await expect(playground.id("sysfs-output")).toHaveText("ENOENT");
  await expect(shell).toContainText("bash: echo: write error: No such file or directory");
  await expect(shell).toContainText("No program is attached.");
});

test("no line of an example is cut off by the panes beside it", async ({ playground, page }) => {
  for (const name of ["drop-ping", "loop", "map-counter"]) {
    await playground.open(`#example/${name}`);
    await playground.editorReady();
    await expect.poll(() => page.evaluate(pixelsCut), name).toBeLessThanOrEqual(0);
  }
});

test("an example keeps its address, an edited one survives a reload, and one press restores it", async ({
  playground,
  page,
}) => {
  await playground.open("#example/loop");
  await playground.write("BPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_EXIT_INSN(),\n");
  await expect(page).toHaveURL(/#example\/loop$/);
  await page.waitForFunction(() => sessionStorage.getItem("oreore.draft")?.includes("BPF_REG_0, 7"));
  await page.reload();
  await expect(page.getByText("This is the example as you changed it.")).toBeVisible();
  await expect(playground.id("editor")).toContainText("BPF_MOV64_IMM");
  await page.getByRole("button", { name: "Open the example" }).click();
  await expect(playground.id("editor")).toContainText("BPF_JMP_IMM");
});

for (const size of [
  [1440, 900],
  [1280, 720],
] as const)
  test.describe(`a refusal at ${size[0]} × ${size[1]}`, () => {
    test.use({ viewport: { width: size[0], height: size[1] } });
    test("cause and fix are whole in sight without scrolling, and the message is also at the line", async ({
      playground,
      page,
    }) => {
      for (const name of ["no-null-check", "unset-register", "packet-without-check", "endless-loop"]) {
        await playground.open(`#example/${name}`);
        const why = playground.id("explanation");
        await expect(why).toBeVisible();
        await expect(why.locator(".why__rule"), name).toBeInViewport({ ratio: 1 });
        await expect(why.getByTestId("fix").first().locator("summary"), name).toBeInViewport({ ratio: 1 });
        await expect(playground.id("verifier-log").locator("[data-reason]")).toBeInViewport({ ratio: 0.9 });
        const said = ((await playground.id("verifier-message").textContent()) ?? "").replace(/\s+/g, " ");
        await expect
          .poll(async () => (await page.locator(".line-message").innerText()).replace(/\s+/g, " ").trim())
          .toBe(said);
        await expect.poll(() => page.evaluate(noteCut), `${name}: the note is whole`).toBeLessThanOrEqual(0);
      }
      const log = playground.id("verifier-log");
      const folded = (await log.boundingBox())?.height ?? 0;
      await page.getByTitle("Show the whole log").click();
      await expect.poll(async () => (await log.boundingBox())?.height ?? 0).toBeGreaterThan(2 * folded);
    });
  });

test("slider, program, log and verifier show the same visit, whichever of them is moved", async ({
  playground,
  page,
}) => {
  await playground.open("#example/loop");
  await playground.editorReady();
  const log = playground.id("verifier-log");
  const slider = playground.id("timeline");
  await playground.steps(7);
  await expect(log.locator("[data-now]")).toContainText("if r2 == 0x0 goto pc+3");
  // The run is at this instruction for the second time, so every pane shows its visit 2.
  await page.locator("label", { hasText: "At the cursor" }).click();
  const visits = playground.id("visits");
  await expect(visits).toHaveAttribute("data-visit", "2");
  // The verifier's pane moves the run.
  await page.getByRole("button", { name: "Next visit of this instruction" }).click();
  await expect(slider).toHaveAttribute("aria-valuenow", "11");
  // The program's text moves it.
  await page.locator(".view-line").nth(5).click();
  await expect(slider).toHaveAttribute("aria-valuenow", "13");
  await expect(visits).toContainText("5: r2 -= 1");
  // The log moves it.
  await page.locator("label", { hasText: "Log" }).first().click();
  await log.locator("button.log__line", { hasText: "2: (b7) r0 = 0" }).first().click();
  await expect(slider).toHaveAttribute("aria-valuenow", "2");
  // With a pin the verifier's pane stays where it is.
  await page.locator("label", { hasText: "At the cursor" }).click();
  await page.getByRole("button", { name: "Pin this visit" }).click();
  await playground.id("step").click();
  await expect(slider).toHaveAttribute("aria-valuenow", "3");
  await expect(visits).toContainText("2: r0 = 0");
  await page.getByRole("button", { name: "Unpin" }).click();
  await expect(visits).toContainText("3: if r2 == 0x0");
});

test("a kernel without a step says which one is missing, also in the refusal, and one press adds it again", async ({
  playground,
  page,
}) => {
  await playground.open();
  await page.getByRole("button", { name: "Extend the kernel" }).click();
  const step = page.getByRole("checkbox", { name: "1. The program type and its ops" });
  await expect(step).toBeChecked();
  await step.click();
  await expect(step).not.toBeChecked();
  await page.keyboard.press("Escape");
  const missing = page.locator(".header__missing");
  await expect(missing).toContainText("Missing: 1. The program type and its ops");
  await playground.expectVerdict("reject");
  await expect(playground.id("result")).toContainText("-EINVAL");
  await expect(playground.id("result")).toContainText("Step 1 of the recipe is not applied");
  // On a narrower page the sentence takes a second line.
  await page.setViewportSize({ width: 1280, height: 800 });
  const sentence = playground.id("result").locator(".result__rest");
  await expect.poll(() => sentence.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  await missing.getByRole("button", { name: "Put it back" }).click();
  await playground.expectVerdict("accept");
  await expect(missing).toHaveCount(0);
});

test("an empty text and a C function are recognised, and the page says what to do", async ({ playground, page }) => {
  await playground.open();
  await playground.write("int drop(struct xdp_md *ctx)\n{\n\treturn XDP_DROP;\n}\n");
  await expect(page.locator('[data-code="c-source"]')).toContainText("this is C (drop is a function)");
  await expect(playground.id("source-help")).toContainText("clang -O2 -g -target bpf -c prog.c -o prog.o");
  await expect(page.locator(".listing")).not.toContainText("BUG_ld_00");
  await playground.write("");
  await expect(playground.verdict).toContainText("E2BIG");
  await expect(page.locator(".listing")).not.toContainText("BUG_ld_00");
  await playground.id("source-help").getByRole("button", { name: "Put this into the editor" }).click();
  await playground.expectVerdict("accept");
  await expect(playground.id("editor")).toContainText("BPF_EXIT_INSN");
});

test("Attach is disabled for another program type and says why, and an older loaded program has Reload beside it", async ({
  playground,
  page,
}) => {
  await playground.open("#example/drop-ping");
  await expect(playground.id("attach")).toBeDisabled();
  await expect(page.locator(".ksteps")).toContainText(
    "Only programs of type BPF_PROG_TYPE_OREORE can be attached here",
  );
  await playground.id("load").click();
  await playground.write("BPF_MOV64_IMM(BPF_REG_0, 2),\nBPF_EXIT_INSN(),\n");
  await playground.expectVerdict("accept");
  await expect(page.locator(".ksteps")).toContainText("older than the text");
  await playground.id("reload").click();
  await expect(playground.id("reload")).toHaveCount(0);
  // The attach type is chosen in the list, and is written into the program's text.
  const attach = playground.id("attach-type");
  await expect(attach).toHaveValue("");
  await attach.selectOption("BPF_XDP_DEVMAP");
  await expect.poll(() => playground.drawnSource()).toMatch(/^\/\/ @attach BPF_XDP_DEVMAP\nBPF_MOV64/);
  await expect(attach).toHaveValue("BPF_XDP_DEVMAP");
});

test("while stepping, the value that an instruction wrote is shown behind its line", async ({ playground, page }) => {
  await playground.open();
  await playground.editorReady();
  await playground.id("step").click();
  await expect(page.locator(".line-values")).toHaveText(/R0.=.0xa/);
  await playground.id("step").click();
  const line = page.locator(".view-line", { has: page.locator(".line-values") });
  await expect(line).toContainText("BPF_ALU32_IMM");
  await expect(line).toContainText(/R0.=.0x34/);
});

/** Runs in the page. How far the notes behind lines reach beyond the editor's right edge, in pixels. 0 or less: none is cut. */
function noteCut(): number {
  const edge = document.querySelector(".monaco .editor-scrollable")?.getBoundingClientRect().right ?? 0;
  const range = document.createRange();
  const notes = [...document.querySelectorAll(".monaco .line-message")].map((note) => {
    range.selectNodeContents(note);
    return range.getBoundingClientRect().right;
  });
  return Math.max(...notes) - edge;
}

/** Runs in the page. How far the longest drawn line reaches beyond the editor's right edge, in pixels. 0 or less: none is cut. */
function pixelsCut(): number {
  const edge = document.querySelector(".monaco .editor-scrollable")?.getBoundingClientRect().right ?? 0;
  const ends = [...document.querySelectorAll(".monaco .view-line > span")].map(
    (line) => line.getBoundingClientRect().right,
  );
  return ends.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ends) - edge;
}

test.describe("1280 × 720", () => {
  test.use({ viewport: { width: 1280, height: 720 } });
  test("a lesson about the recipe has Load, the steps and whole names in sight, and its goal fits the kernel", async ({
    playground,
    page,
  }) => {
    await playground.open("#lesson/2");
    const goals = playground.id("goals");
    await expect(goals).toContainText("now: step 1 of the recipe is missing");
    await expect(page.getByLabel("Program type").first()).toContainText("OREORE");
    for (const name of ["load", "attach", "detach"] as const)
      await expect(playground.id(name)).toBeInViewport({ ratio: 1 });
    const step = page.getByLabel("1. The program type");
    await expect(step).toBeInViewport({ ratio: 1 });
    // No change of the program helps, because the kernel lacks a step.
    await expect(playground.id("explanation")).toBeVisible();
    await expect(page.getByText("Fixes that were tried")).toHaveCount(0);
    // The box changes with the answer of the kernel, which starts anew.
    await step.click();
    await expect(step).toBeChecked();
    await expect(goals).toContainText("now: invalid bpf_context access");
    await playground.write("BPF_MOV64_IMM(BPF_REG_0, 17),\nBPF_EXIT_INSN(),");
    await playground.expectVerdict("accept");
    // All buttons of the verdict are in one line.
    const tops = await playground.verdict
      .locator("button")
      .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().top));
    expect(Math.max(...tops) - Math.min(...tops)).toBeLessThan(12);
  });
});
