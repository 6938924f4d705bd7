// Records what libbpf makes of our own objects (engine/object/fixtures), and the running Linux's answers to its loads. Needs root on
// x86-64 Linux 6.18. DIR contains the tools that corpus/build.py makes:
//
//   npx tsx engine/conformance/record/objects.ts DIR            writes ../recordings/objects.jsonl
import { readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { capture } from "../corpus/capture.ts";
import type { CapturedLoad, CapturedMap } from "../objects/load-differences.ts";

const FIXTURES = fileURLToPath(new URL("../../object/fixtures/", import.meta.url));
const OUT = fileURLToPath(new URL("../recordings/objects.jsonl", import.meta.url));

const [tools] = process.argv.slice(2);
if (tools === undefined) {
  console.error("usage: objects.ts DIR");
  process.exit(2);
}

const map = ({
  name,
  type,
  key_size,
  value_size,
  max_entries,
  flags,
  inner,
  values,
  frozen,
}: CapturedMap): CapturedMap => ({
  name,
  type,
  key_size,
  value_size,
  max_entries,
  flags,
  ...(inner && { inner: map(inner) }),
  values,
  frozen,
});

/** A captured load in the form of the recording. Its addresses and descriptors are those of the recorded kernel. */
function load({ maps, ...one }: CapturedLoad): Omit<CapturedLoad, "cmd"> {
  const {
    type,
    attach_type,
    flags,
    attach_btf_id,
    kern_version,
    name,
    license,
    insns,
    func_info,
    line_info,
    errno,
    log,
  } = one;
  const fields = {
    type,
    attach_type,
    flags,
    attach_btf_id,
    kern_version,
    name,
    license,
    insns,
    func_info,
    line_info,
    errno,
    log,
  };
  return {
    ...(JSON.parse(JSON.stringify(fields)) as typeof fields),
    maps: Object.fromEntries(Object.entries(maps).map(([fd, of]) => [fd, map(of)])),
  } as CapturedLoad;
}

const rows: string[] = [];
for (const file of readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".o"))
  .sort()) {
  const captured = capture(tools, FIXTURES + file);
  if (typeof captured === "string") throw new Error(`${file}: ${captured}`);
  for (const { program, load: one } of captured) {
    if (one === undefined) throw new Error(`${file}: libbpf does not load ${program}`);
    rows.push(JSON.stringify({ file, program, load: load(one) }));
  }
}
writeFileSync(OUT, `${rows.join("\n")}\n`);
console.log(`${rows.length} programs`);
