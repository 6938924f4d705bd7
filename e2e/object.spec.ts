// A reader's own object file from clang: its program is refused at a line of C, goes to the editor, and gets a fix.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { faultsOf } from "./axe.ts";
import { expect, type Playground, test } from "./page.ts";

test.use({ editor: "plain" });

const fixture = (name: string): string => resolve(import.meta.dirname, "../engine/object/fixtures", name);

/** Drops a file onto the page. */
async function drop({ page }: Playground, name: string, bytes = [...readFileSync(fixture(name))]): Promise<void> {
  const data = await page.evaluateHandle(
    ({ bytes, name }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], name));
      return transfer;
    },
    { bytes, name },
  );
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

/** As a reader pastes a file that was copied. */
async function paste({ page }: Playground, name: string): Promise<void> {
  const bytes = [...readFileSync(fixture(name))];
  await page.evaluate(
    ({ bytes, name }) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(bytes)], name));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    },
    { bytes, name },
  );
}

for (const language of ["en", "ja"] as const) {
  test(`a dropped object is shown as a tree, and is refused at a line of C (${language})`, async ({
    playground,
    page,
  }) => {
    await playground.open(`?lang=${language}`);
    await drop(playground, "refused.bpf.o");
    await expect(page.getByTestId("object-program")).toHaveCount(2);
    await expect(page.getByTestId("object-verdict")).toHaveAttribute("data-verdict", "reject", { timeout: 60_000 });
    await expect(page.getByTestId("object-verdict")).toContainText("R0 invalid mem access 'map_value_or_null'");
    await expect(page.getByTestId("object-line")).toContainText("*value += 1;");
    await expect(page.getByTestId("object-line")).toContainText(
      language === "en" ? "refused.bpf.c, line 17" : "refused.bpf.c の 17 行目",
    );
    await expect(page.getByTestId("object-code")).toContainText("*value += 1;");
    // The explanation's steps stand behind the instructions, and behind the lines of C that they were made of.
    const step = language === "en" ? /lookup_elem#1← The call returns a pointer/ : /lookup_elem#1← 呼び出しは R0 で/;
    await expect(page.getByTestId("object-code")).toContainText(step);
    // The object has only some lines of its C file. The whole file is added by dropping it.
    await page.getByTestId("object-tab-source").click();
    await expect(page.getByTestId("object-source")).not.toContainText("#include");
    await drop(playground, "refused.bpf.c");
    await expect(page.getByTestId("object-source")).toContainText('#include "bpf.h"');
    await expect(page.locator("[data-kind=refused]")).toContainText("*value += 1;");
    await expect(page.locator("[data-kind=refused]")).toBeInViewport();
    await page.keyboard.press("ArrowRight");
    await expect(page.getByTestId("object-tab-log")).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("object-log")).toContainText("; *value += 1; @ refused.bpf.c:17");
    expect(await faultsOf(page, { within: "dialog" })).toEqual([]);
  });
}

test("a program of an object goes to the editor as macros, and its fix is accepted", async ({ playground, page }) => {
  await playground.open();
  await paste(playground, "refused.bpf.o");
  await expect(page.getByTestId("object-verdict")).toHaveAttribute("data-verdict", "reject", { timeout: 60_000 });
  await page.getByTestId("object-macros").click();
  await expect(page.locator(".header__program")).toHaveText("hit (refused.bpf.o)");
  await expect(page.getByTestId("verdict")).toHaveAttribute("data-verdict", "reject");
  await expect(page.getByTestId("verifier-message")).toContainText("map_value_or_null");
  await expect(page.getByTestId("explanation")).toBeVisible();
  await page.getByTestId("apply-fix").first().click();
  await expect(page.getByTestId("verdict")).toHaveAttribute("data-verdict", "accept");
  await page.getByTestId("share").click();
  await expect(page.getByTestId("share-link")).toContainText("#v1.");
});

test("a CO-RE relocation shows what was asked for and what was found", async ({ playground, page }) => {
  await playground.open();
  await drop(playground, "core.bpf.o");
  await expect(page.getByTestId("object-verdict")).toHaveAttribute("data-verdict", "accept", { timeout: 60_000 });
  await page.getByTestId("object-tab-relocations").click();
  await expect(page.getByTestId("object-relocations")).toContainText("struct task_struct.pid");
  await page.getByTestId("object-program").filter({ hasText: "poisoned" }).click();
  await expect(page.getByTestId("object-verdict")).toHaveAttribute("data-verdict", "reject");
  await expect(page.getByTestId("object-explanation")).toContainText(
    "the kernel has no struct task_struct.not_a_field",
  );
  await page.getByTestId("object-tab-relocations").click();
  await expect(page.getByTestId("object-relocations")).toContainText("nothing of that name");
  // A file that is not BTF is refused, and the types of Linux 6.18 stay in use.
  await drop(playground, "vmlinux", [0x9f, 0xeb, 1, 0, 24, 0, 0, 0]);
  await expect(page.getByTestId("object-types")).toContainText("vmlinux");
  await expect(page.getByTestId("object-types")).toContainText("CO-RE goes by the types of Linux 6.18");
  // What is not simulated is said, and the rest is there.
  await drop(playground, "kinds.bpf.o");
  await page.getByTestId("object-program").filter({ hasText: "locks" }).click();
  await expect(page.getByTestId("object-verdict")).toContainText("calls bpf_rcu_read_lock, bpf_rcu_read_unlock");
  await expect(page.getByTestId("object-code")).toContainText("bpf_rcu_read_lock();");
  await page.getByTestId("object-macros").click();
  await expect(page.getByTestId("verdict")).toHaveAttribute("data-verdict", "error");
});

test("a file that is not an object is refused with a sentence", async ({ playground, page }) => {
  await playground.open();
  await drop(playground, "broken.o", [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  await expect(page.getByTestId("object-fault")).toContainText("takes 64 bytes, but there are only 8");
});
