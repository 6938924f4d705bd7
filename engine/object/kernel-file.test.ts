// The recorded kernel is whole: types that programs ask for are where Linux has them.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { Btf } from "./btf/btf.ts";
import { readKernelFile } from "./kernel-file.ts";

const FILE = new URL("../facts/recorded/linux-6.18.bin.gz", import.meta.url);
const packed = readFileSync(FILE);
const kernel = readKernelFile(gunzipSync(packed));

test("it fits a page: at most 1.5 MB", () => {
  expect(packed.length).toBeLessThan(1_500_000);
});

test("it is of Linux 6.18, with its configuration", () => {
  expect(kernel.version >> 8).toBe((6 << 8) | 18);
  expect(kernel.config.get("CONFIG_BPF_SYSCALL")).toBe("y");
});

test("structures have their members, enums their values", () => {
  const { btf } = kernel;
  const task = btf.find("task_struct", "struct")!;
  const pid = btf.members(task).find(({ name }) => name === "pid")!;
  expect(btf.name(pid.type)).toBe("pid_t");
  expect(pid.bitOffset % 32).toBe(0);
  const types = btf.find("bpf_map_type", "enum")!;
  expect(btf.enumerator(types, 1)).toEqual({ name: "BPF_MAP_TYPE_HASH", value: 1n });
  expect(btf.sizeOf(btf.find("pid_t", "typedef")!)).toBe(4);
});

const RUNNING = "/sys/kernel/btf/vmlinux";

test("on the recorded kernel itself: every type is the running kernel's", async ({ skip }) => {
  const { existsSync } = await import("node:fs");
  const { release } = await import("node:os");
  const own = `${kernel.version >> 16}.${(kernel.version >> 8) & 255}.${kernel.version & 255}`;
  if (!existsSync(RUNNING) || release().split("-")[0] !== own) skip();
  const there = new Btf(readFileSync(RUNNING));
  if (there.count !== kernel.btf.count) skip();
  const typeOf = (btf: Btf, id: number): string =>
    JSON.stringify([btf.kind(id), btf.name(id), btf.size(id), btf.flag(id), btf.isComposite(id) && btf.members(id)]);
  const wrong: number[] = [];
  for (let id = 1; id < there.count; id++) if (typeOf(kernel.btf, id) !== typeOf(there, id)) wrong.push(id);
  // What is left out of sections of variables is their size's place, nothing else.
  expect(wrong).toEqual([]);
});
