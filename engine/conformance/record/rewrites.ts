// Records how the running Linux rewrites accesses to the contexts of its own program types, and the offsets of the kernel functions
// that helper calls lead to. It loads a program for each access and reads the rewritten program. Needs root on x86-64 Linux 6.18:
//
//   npx tsx engine/conformance/record/rewrites.ts            writes ../../facts/recorded/rewrites.ts
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromHex, toHex } from "../../base/bytes.ts";
import { HELPER_PROTOS } from "../../facts/helpers.ts";
import { PROG_TYPES } from "../../facts/prog-types.ts";
import { insnNamed as insn } from "../../isa/forms.ts";
import { decodeInsns, encodeInsns, type Insn } from "../../isa/insn.ts";
import { whyNoKernel } from "../random/kernel.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SIZES = [1, 2, 4, 8] as const;
/** The largest UAPI context is smaller than this. */
const MAX_CTX = 1024;

const reason = whyNoKernel();
if (reason) {
  console.error(`cannot record: ${reason}`);
  process.exit(1);
}

interface Asked {
  readonly type: string;
  readonly write: boolean;
  readonly off: number;
  readonly size: (typeof SIZES)[number];
  readonly row: { readonly insns: string; readonly [key: string]: unknown };
}

const BEFORE = [insn("mov64_reg", { dst: 6, src: 1 }), insn("mov64_imm", { dst: 7 })];
const AFTER = [insn("mov64_imm", { dst: 0, imm: 1 }), insn("exit")];

const asked: Asked[] = PROG_TYPES.filter(
  ({ notSimulated, name }) => notSimulated === null && name !== "oreore",
).flatMap((type) =>
  [false, true].flatMap((write) =>
    Array.from({ length: MAX_CTX }, (_, off) => off).flatMap((off) =>
      SIZES.flatMap((size): Asked[] => {
        // The first attach type for which the access is allowed.
        const attach = (type.attachTypes ?? [0]).find((one) => type.ctxAccess(off, size, write, one));
        if (off % size !== 0 || attach === undefined) return [];
        const access = insn(
          `${write ? "stx" : "ldx"}${size}`,
          write ? { dst: 6, src: 7, off } : { dst: 7, src: 6, off },
        );
        const insns = toHex(encodeInsns([...BEFORE, access, ...AFTER]));
        return [
          { type: type.name, write, off, size, row: { insns, prog_type: type.name, expected_attach_type: attach } },
        ];
      }),
    ),
  ),
);

/** Sockets that a helper or a map returns. R6 is the socket. All fields are tried: if a program is refused, there is no such field. */
const EXIT_ON_NULL = [
  insn("jne64_imm", { dst: 0, off: 2 }),
  insn("mov64_imm", { dst: 0 }),
  insn("exit"),
  insn("mov64_reg", { dst: 1 }),
];
const SOCKETS: readonly { type: string; row: object; before: readonly Insn[] }[] = [
  {
    type: "tcp_sock",
    row: { prog_type: "sched_cls" },
    before: [
      insn("ldx8", { dst: 0, src: 1, off: 168 }),
      ...EXIT_ON_NULL,
      insn("call_helper", { imm: 96 }),
      ...EXIT_ON_NULL,
    ],
  },
  {
    type: "sock",
    row: { prog_type: "sched_cls" },
    before: [
      insn("ldx8", { dst: 0, src: 1, off: 168 }),
      ...EXIT_ON_NULL,
      insn("call_helper", { imm: 95 }),
      ...EXIT_ON_NULL,
    ],
  },
  {
    type: "xdp_sock",
    row: {
      prog_type: "xdp",
      maps: [{ name: "m", type: "xskmap", key_size: 4, value_size: 4, max_entries: 1 }],
      map_refs: { 3: "m" },
    },
    before: [
      insn("st4", { dst: 10, off: -4 }),
      insn("mov64_reg", { dst: 2, src: 10 }),
      insn("add64_imm", { dst: 2, imm: -4 }),
      insn("ld_imm64_map_fd", { dst: 1 }),
      { code: 0, dst: 0, src: 0, off: 0, imm: 0 },
      insn("call_helper", { imm: 1 }),
      ...EXIT_ON_NULL,
    ],
  },
];
for (const { type, row, before } of SOCKETS)
  for (const size of SIZES)
    for (let off = 0; off < 256; off += size) {
      const insns = toHex(encodeInsns([...before, ...BEFORE, insn(`ldx${size}`, { dst: 7, src: 6, off }), ...AFTER]));
      asked.push({ type, write: false, off, size, row: { insns, ...row } });
    }

const answers = execFileSync("python3", [here("record_xlated.py")], {
  input: asked.map(({ row }) => `${JSON.stringify(row)}\n`).join(""),
  encoding: "utf8",
  maxBuffer: 1 << 28,
})
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { xlated?: string });

/** `size off` → hex of the instructions. The source is R6 and the destination R7; for stores it is the reverse. */
const tables = new Map<string, Record<string, string>>();
let refused = 0;
asked.forEach(({ type, write, off, size }, i) => {
  const { xlated } = answers[i] as { xlated?: string };
  const all = xlated && decodeInsns(fromHex(xlated) as Uint8Array);
  if (!all) {
    refused++;
    return;
  }
  if (xlated === (asked[i] as Asked).row.insns) return;
  const from = all.findIndex(({ code, dst, src }) => code === (BEFORE[0] as Insn).code && dst === 6 && src === 1);
  const table = tables.get(type) ?? {};
  tables.set(type, table);
  table[`${write ? "w" : "r"}${size} ${off}`] = toHex(encodeInsns(all.slice(from + BEFORE.length, -AFTER.length)));
});

const names = new Set([
  ...HELPER_PROTOS.flatMap(({ func, name }) => [func, name]),
  ...(readFileSync("/proc/kallsyms", "utf8").match(
    /\b(?:__)?(?:array|htab|percpu_array|trie|queue|stack|bloom|dev|cpu|xsk|sock)_?\w*map_\w+_(?:elem|redirect|percpu_elem)\b|\b\w+_map_redirect\b|\bbpf_user_rnd_u32\b|\barch_bpf_timed_may_goto\b|\bbpf_skb_load_helper_\w+\b|\b\w+_storage_get\w*\b|\bbpf_for_each_\w+_elem\b/g,
  ) ?? []),
]);
const symbols = new Map(
  readFileSync("/proc/kallsyms", "utf8")
    .split("\n")
    .map((line) => line.split(/\s+/))
    .filter((words) => words.length === 3 && !words[2]?.startsWith("__pfx_"))
    .reverse()
    .map(([address, , name]) => [name as string, BigInt(`0x${address}`)] as const),
);
const base = symbols.get("__bpf_call_base") as bigint;
const calls = [...names]
  .filter((name) => !name.startsWith("__pfx_"))
  .sort()
  .flatMap((name) => {
    const address = symbols.get(name);
    return address === undefined ? [] : [[name, Number(address - base)] as const];
  });

/** Addresses that the kernel itself puts into programs, taken from a rewritten program that has them. */
const inlined = decodeInsns(
  fromHex(
    JSON.parse(
      execFileSync("python3", [here("record_xlated.py")], {
        input: JSON.stringify({
          insns: toHex(encodeInsns([insn("call_helper", { imm: 8 }), insn("call_helper", { imm: 118 }), insn("exit")])),
        }),
        encoding: "utf8",
      }),
    ).xlated,
  ) as Uint8Array,
);
const jiffies = inlined[3] as Insn;

/** Program types with the same table share it. */
const shared = new Map<string, string[]>();
for (const [type, table] of tables) {
  const key = JSON.stringify(table);
  shared.set(key, [...(shared.get(key) ?? []), type]);
}
const text = `// Recorded by conformance/record/rewrites.ts from Linux 6.18. Do not edit.

/** [program types, access → instructions]: \`r4 16\` is a read of 4 bytes at 16; R6 is the context, R7 the value. Left out: what stays. */
export const ctxRewrites: readonly (readonly [types: string, rows: Readonly<Record<string, string>>])[] = [
${[...shared].map(([key, types]) => `  [${JSON.stringify(types.join(" "))}, ${key}],`).join("\n")}
];

/** Kernel functions: bytes from __bpf_call_base, as a call's imm holds them. */
export const callOffsets: Readonly<Record<string, number>> = ${JSON.stringify(Object.fromEntries(calls))};

/** What stands in for places of the recorded boot: the offset of the CPU's number in its area, jiffies, a program's struct. */
export const addresses = { cpuNumber: ${(inlined[0] as Insn).imm}, jiffies: "0x${((BigInt((inlined[4] as Insn).imm >>> 0) << 32n) | BigInt(jiffies.imm >>> 0)).toString(16)}", progAux: "0xffff888000000000" };
`;
writeFileSync(here("../../facts/recorded/rewrites.ts"), text);
console.log(`${asked.length} accesses of ${tables.size} types, ${refused} refused; ${calls.length} functions`);
