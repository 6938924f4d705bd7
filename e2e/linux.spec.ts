// The real Linux in the tab: its answer beside ours, the demo on it, its console, and its use without a network.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Playground, test } from "./page.ts";

const recording = <Row>(name: string): Row[] =>
  readFileSync(join(import.meta.dirname, "../engine/conformance/recordings", name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

const REFUSED = "#src=BPF_MOV64_REG(BPF_REG_0%2C%20BPF_REG_2)%2C%0ABPF_EXIT_INSN()%2C";

/** The emulated machine starts from large files, which is slow if the computer is busy. */
test.slow();

const kernel = (playground: Playground, name: string) =>
  playground.page.locator(".real .segments label").getByText(name, { exact: true }).click();

test("97 calls give the same results on the 6.1 in the tab as on the 6.1 that was booted in QEMU", async ({
  playground,
  page,
}) => {
  await playground.open();
  const dist = process.env.E2E_DIST ?? join(import.meta.dirname, "../dist");
  const thread = readdirSync(join(dist, "assets")).find((name) => /^thread-.*\.js$/.test(name));
  const calls = recording<Record<string, string | number>>("oreore.jsonl").filter(({ op }) => op !== "end");
  const got = await page.evaluate(
    async ([url, rows]) => {
      const worker = new Worker(url as string, { type: "module" });
      let id = 0;
      const call = (name: string, ...args: unknown[]): Promise<never> =>
        new Promise((resolve, reject) => {
          const mine = ++id;
          const take = ({ data }: MessageEvent): void => {
            if (data.id !== mine) return;
            worker.removeEventListener("message", take);
            if ("failed" in data) reject(new Error(data.failed));
            else resolve(data.value as never);
          };
          worker.addEventListener("message", take);
          worker.postMessage({ id: mine, name, args });
        });
      await call("start", "oreore-6.1");
      let last = -1;
      const answers: string[] = [];
      const number = (ret: number) => (ret < 0 ? `errno ${-ret}` : String(ret));
      for (const row of rows as Record<string, string | number>[]) {
        if (row.op === "load") {
          const insns = Uint8Array.from((row.insns as string).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
          const program = {
            type: row.prog_type,
            expectedAttachType: row.expected_attach_type,
            flags: 0,
            license: "GPL",
            insns,
            maps: [],
            mapRefs: [],
          };
          const { fd, errno } = await call("load", program, { logLevel: 2 });
          if (fd !== undefined) last = fd;
          answers.push(fd === undefined ? `errno ${errno}` : "loads");
        } else if (row.op === "attach") {
          const bad = row.fd === "bad" || row.name === "bad fd";
          answers.push(number(await call("attach", bad ? 999 : last, row.attach_type)));
        } else if (row.op === "detach") answers.push(number(await call("detach", row.attach_type)));
        else if (row.op === "write")
          answers.push(
            number(
              (
                (await call("write", "/sys/oreore/bpf", new TextEncoder().encode(row.data as string), false)) as {
                  ret: number;
                }
              ).ret,
            ),
          );
        else {
          const { ret, bytes } = (await call("read", "/sys/oreore/bpf")) as { ret: number; bytes: Uint8Array };
          answers.push(ret < 0 ? `errno ${-ret}` : `${ret} ${JSON.stringify(new TextDecoder().decode(bytes))}`);
        }
      }
      worker.terminate();
      return answers;
    },
    [`./assets/${thread}`, calls] as const,
  );
  expect(got).toEqual(recording<{ real: string }>("real-kernel-oreore.jsonl").map(({ real }) => real));
});

test("a real Linux 6.1 answers beside the verdict on the talk's program", async ({ playground }) => {
  await playground.open();
  await playground.id("ask-linux").click();
  const real = playground.id("linux-verdict");
  await expect(real).toHaveAttribute("data-verdict", "accept", { timeout: 60_000 });
  await expect(real).toHaveAttribute("data-kernel", "oreore-6.1");
  await expect(real).toHaveAttribute("data-same", "true");
  await expect(playground.id("linux-log")).toContainText("(04) w0 += 42");
});

test("the newest Linux gives its own diagnosis of a refusal, and is asked again after an edit", async ({
  playground,
  page,
}) => {
  await playground.open(REFUSED);
  await playground.id("ask-linux").click();
  await kernel(playground, "7.3");
  const real = playground.id("linux-verdict");
  await expect(page.locator(".real__note").first()).toContainText("no such program type", { timeout: 60_000 });
  await page.getByRole("combobox", { name: /type/i }).first().selectOption("socket_filter");
  await page.getByLabel("Ask after each edit").check();
  await expect(real).toHaveAttribute("data-verdict", "reject", { timeout: 60_000 });
  await expect(real).toHaveAttribute("data-kernel", "7.3");
  await expect(real).toContainText("R2 !read_ok");
  await expect(page.getByRole("heading", { name: /Diagnosis by Linux 7\.3/ })).toBeVisible();
  await playground.write("BPF_MOV64_IMM(BPF_REG_0, 0),\nBPF_EXIT_INSN(),");
  await expect(real).toHaveAttribute("data-verdict", "accept");
});

test("the demo runs on the real kernel with the same buttons, and its console has the same file", async ({
  playground,
  page,
  context,
}) => {
  await playground.open();
  const machine = page.locator(".machine-pane");
  await expect(machine).not.toContainText("Simulated run");
  await page.locator(".kernel-pane__switch label").getByText("Real", { exact: true }).click();
  await expect(machine).toContainText("Simulated run");
  await playground.demo("10");
  await expect(playground.id("sysfs-output")).toHaveText("52", { timeout: 60_000 });
  await expect(playground.id("syscall-log")).toContainText(/BPF_PROG_ATTACH.*= 0/);
  await playground.id("detach").click();
  await playground.id("sysfs-write").click();
  await expect(playground.id("sysfs-output")).toHaveText("ENOENT");
  await playground.id("linux-console-open").click();
  const screen = playground.id("linux-console").locator(".xterm-accessibility, .xterm-rows").first();
  await page.locator(".xterm-helper-textarea").focus();
  await page.keyboard.type("loader && echo 30 > /sys/oreore/bpf && cat /sys/oreore/bpf\n");
  await expect(screen).toContainText("72");
  // Ctrl+C reaches what runs; the shell knows the terminal's size, and its changes; all of it is copied.
  await page.keyboard.type("sh -c \"echo slee''ping; exec sleep 1000\"\n");
  await expect(screen).toContainText("sleeping", { timeout: 30_000 });
  await page.keyboard.press("Control+C");
  await page.keyboard.type(
    "was=$(stty size); echo wai''ting; until [ \"$was\" != \"$(stty size)\" ]; do :; done; echo resi''zed\n",
  );
  await expect(screen).toContainText("waiting", { timeout: 30_000 });
  await page.setViewportSize({ width: 1100, height: 800 });
  await expect(screen).toContainText("resized", { timeout: 30_000 });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await playground.id("linux-console").getByRole("button", { name: "Copy" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/72[\s\S]*resized/);
  await playground.id("linux-reset").click();
  await expect(playground.id("linux-console")).toContainText(/reset in \d+ ms/);
  await page.locator(".kernel-pane__switch label").getByText("Simulated", { exact: true }).click();
  await expect(page.locator(".kernel-pane__switch")).toHaveAttribute("data-which", "simulated");
  await playground.demo("10");
  await expect(playground.id("sysfs-output")).toHaveText("52");
});

test.describe("without a network", () => {
  test.use({ serviceWorkers: "allow" });
  test("a kernel that was asked before answers again", async ({ playground, page, context }) => {
    await playground.open();
    await playground.id("ask-linux").click();
    await expect(playground.id("linux-verdict")).toBeVisible({ timeout: 60_000 });
    const active = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state);
    await expect.poll(active, { timeout: 60_000 }).toBe("activated");
    await context.setOffline(true);
    await page.goto("about:blank");
    await page.goto("./?present=1#lesson/5");
    await expect(playground.id("scene")).toHaveAttribute("data-press", "0");
    await page.keyboard.press("End");
    await expect(await playground.backToReal()).toHaveAttribute("data-real", "answered", { timeout: 60_000 });
    await page.keyboard.press("Escape");
    await playground.id("ask-linux").click();
    await expect(playground.id("linux-verdict")).toHaveAttribute("data-verdict", "accept", { timeout: 60_000 });
  });
});
