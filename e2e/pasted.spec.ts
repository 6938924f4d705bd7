// Text from elsewhere, pasted into the editor: a verifier's log is shown unchanged, with its program and its explanation.
import { expect, type Playground, test } from "./page.ts";

/** A log of level 1 as bpftool prints it, quoted in a mail. At this level, branches that were verified without a fault are not in it. */
const LOG = `> libbpf: prog 'count': BPF program load failed: Permission denied
> libbpf: prog 'count': -- BEGIN PROG LOAD LOG --
> 0: R1=ctx() R10=fp0
> ; __u32 key = 3; @ count.bpf.c:12
> 0: (62) *(u32 *)(r10 -4) = 3          ; R10=fp0 fp-8=mmmm????
> 1: (bf) r2 = r10                      ; R2_w=fp0 R10=fp0
> 2: (07) r2 += -4                      ; R2_w=fp-4
> 3: (18) r1 = 0xffff8881a1a49a00       ; R1_w=map_ptr(map=hits,ks=4,vs=16)
> 5: (85) call bpf_map_lookup_elem#1    ; R0_w=map_value_or_null(id=1,map=hits,ks=4,vs=16)
> 6: (bf) r6 = r0                       ; R0_w=map_value_or_null(id=1,map=hits,ks=4,vs=16) R6_w=map_value_or_null(id=1,map=hits,ks=4,vs=16)
> 7: (85) call bpf_get_prandom_u32#7    ; R0_w=scalar()
> 8: (25) if r0 > 0x9 goto pc+2 11: R0=scalar(umin=10) R6=map_value_or_null(id=1,map=hits,ks=4,vs=16) R10=fp0
> 11: (79) r7 = *(u64 *)(r6 +0)
> R6 invalid mem access 'map_value_or_null'
> processed 11 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1
> -- END PROG LOAD LOG --
`;

/** Opens the page and pastes the log over its program. */
async function openLog(playground: Playground): Promise<void> {
  await playground.open();
  await playground.editorReady();
  await playground.id("editor").locator(".view-lines").click();
  await playground.page.keyboard.press("Control+A");
  await playground.paste(LOG);
}

test("a log from a mail is shown unchanged with its explanation and instructions, and an edit brings our own verdict", async ({
  playground,
  page,
}) => {
  await openLog(playground);
  const message = playground.id("verifier-message");
  await expect(message).toHaveText("R6 invalid mem access 'map_value_or_null'");
  await playground.expectVerdict("reject");
  await expect(page.locator(".verdict__errno")).toHaveText("-EACCES");
  const note = playground.id("pasted-note");
  await expect(note).toContainText("those you pasted");
  await expect(note).toContainText("instructions 9–10");
  await expect(playground.id("verifier-log")).toContainText("map_value_or_null(id=1,map=hits,ks=4,vs=16)");
  await expect(playground.id("editor")).toContainText("hits hash key=4 value=16");
  await expect(playground.id("editor")).toContainText("__u32 key = 3; @ count.bpf.c:12");
  await expect(playground.id("explanation")).toBeVisible();
  await page.locator("label", { hasText: "At the cursor" }).click();
  await page.locator(".view-line", { hasText: "BPF_MOV64_REG(BPF_REG_6" }).click();
  await expect(playground.id("visits")).toContainText("map_value_or_null(id=1,map=hits");
  await playground.id("language").click();
  await expect(note).toContainText("貼り付けられたもの");
  await page.locator(".view-line", { hasText: "BPF_MOV64_REG(BPF_REG_6" }).click();
  await page.keyboard.press("End");
  await page.keyboard.type(" ");
  await expect(note).toHaveCount(0);
  await playground.expectVerdict("reject");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a log pasted into the text area is shown unchanged", async ({ playground, page }) => {
    await playground.open();
    const area = playground.id("editor").locator("textarea");
    await area.focus();
    await page.keyboard.press("Control+A");
    await playground.paste(LOG);
    await expect(playground.id("editor")).toContainText("hits hash key=4 value=16");
    await expect(playground.id("verifier-message")).toHaveText("R6 invalid mem access 'map_value_or_null'");
  });
});

test("the rebuilt program can be verified here, and a reload keeps the log", async ({ playground, page }) => {
  await openLog(playground);
  const note = playground.id("pasted-note");
  await expect(note).toBeVisible();
  await page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  await page.reload();
  await expect(note).toBeVisible();
  await note.getByRole("button").click();
  await expect(note).toHaveCount(0);
  await expect(playground.id("verifier-message")).toHaveText("R6 invalid mem access 'map_value_or_null'");
});
