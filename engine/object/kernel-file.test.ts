// Checks that the recorded kernel is complete: its types are those of Linux.
import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { Btf } from "./btf/btf.ts";
import { readKernelFile } from "./kernel-file.ts";
import { parseConfig } from "./target.ts";

const FILE = new URL("../facts/recorded/linux-6.18.bin.gz", import.meta.url);
const packed = readFileSync(FILE);
const kernel = readKernelFile(gunzipSync(packed));

test("the packed file has at most 1.5 MB", () => {
  expect(packed.length).toBeLessThan(1_500_000);
});

test("the file is of Linux 6.18 and has its configuration", () => {
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
const CONFIG = "/proc/config.gz";
const NAME_OF_BUILD = "CONFIG_LOCALVERSION";

/** A type as C would write it. It uses names, because each build of a kernel numbers its types differently. */
function spelled(btf: Btf, id: number): string {
  if (id === 0) return "void";
  const kind = btf.kind(id);
  const name = btf.name(id);
  if (name !== "" && kind !== "type_tag") return `${kind} ${name}`;
  if (btf.isComposite(id) || btf.isEnum(id)) return layout(btf, id);
  if (kind === "array") return `${spelled(btf, btf.array(id).type)}[${btf.array(id).count}]`;
  const params = kind === "func_proto" ? Array.from({ length: btf.vlen(id) }, (_, i) => btf.param(id, i).type) : [];
  return `${kind} ${name} ${spelled(btf, btf.type(id))}(${params.map((type) => spelled(btf, type)).join(", ")})`;
}

function layout(btf: Btf, id: number): string {
  const parts = btf.isComposite(id)
    ? btf
        .members(id)
        .map(({ name, type, bitOffset, bitSize }) => `${name}@${bitOffset}:${bitSize} ${spelled(btf, type)}`)
    : Array.from({ length: btf.vlen(id) }, (_, i) => Object.values(btf.enumerator(id, i)).join("="));
  return `${btf.kind(id)} ${btf.name(id)} ${btf.size(id)} { ${parts.join("; ")} }`;
}

/** Every structure, union, enum and typedef that has a name. */
function layouts(btf: Btf): ReadonlySet<string> {
  const all = new Set<string>();
  for (let id = 1; btf.has(id); id++)
    if (btf.name(id) === "") continue;
    else if (btf.isComposite(id) || btf.isEnum(id)) all.add(layout(btf, id));
    else if (btf.kind(id) === "typedef") all.add(`${spelled(btf, id)} = ${spelled(btf, btf.type(id))}`);
  return all;
}

/** The running kernel's configuration. null: it shows none, or no types. */
const running =
  existsSync(RUNNING) && existsSync(CONFIG) ? parseConfig(gunzipSync(readFileSync(CONFIG)).toString()) : null;
const options = (config: ReadonlyMap<string, string>) => new Map([...config, [NAME_OF_BUILD, ""]]);
const reason = !running
  ? "this kernel shows no types or no configuration"
  : isDeepStrictEqual(options(running), options(kernel.config))
    ? ""
    : "this kernel is configured otherwise";

test.skipIf(reason)(
  `on the recorded kernel, or a later build of it, the recorded types are those of the running kernel${reason && ` (skipped: ${reason})`}`,
  () => {
    const there = layouts(new Btf(readFileSync(RUNNING)));
    const recorded = layouts(kernel.btf);
    expect(recorded.size).toBeGreaterThan(10_000);
    const missing = [...recorded].filter((one) => !there.has(one));
    const more = [...there].filter((one) => !recorded.has(one));
    if (running?.get(NAME_OF_BUILD) === kernel.config.get(NAME_OF_BUILD)) expect([...missing, ...more]).toEqual([]);
    // A later build has some more patches.
    else expect((missing.length + more.length) / recorded.size).toBeLessThan(0.01);
  },
);
