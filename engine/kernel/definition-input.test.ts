import { expect, test } from "vitest";
import { OREORE } from "./definition.ts";
import { type DefinitionInput, readDefinition } from "./definition-input.ts";
import { PRESETS } from "./presets.ts";

const [oreore] = PRESETS as unknown as [{ definition: DefinitionInput }];

/** The faults of OREORE's definition after `change`, each as `path code`. */
const faults = (change: (input: DefinitionInput) => unknown): string[] => {
  const read = readDefinition(change(structuredClone(oreore.definition)));
  return read.ok ? [] : read.faults.map(({ path, code }) => `${path} ${code}`);
};
const field = { name: "b", off: 4, size: 4, writable: false };
const withFields =
  (...more: object[]) =>
  (input: DefinitionInput) => ({
    ...input,
    ctx: { ...input.ctx, fields: [...input.ctx.fields, ...more] },
  });

test("the form's OREORE equals the definition that the kernel starts with", () => {
  expect(readDefinition(oreore.definition)).toEqual({ ok: true, input: oreore.definition, definition: OREORE });
});

test.each(PRESETS.map(({ name, definition }) => [name, definition] as const))(
  "preset %s has no faults",
  (_, definition) => {
    const read = readDefinition(definition);
    expect(read.ok ? [] : read.faults).toEqual([]);
  },
);

test.each([
  ["a second field", withFields(field), []],
  ["fields that overlap", withFields({ ...field, off: 0 }), ["ctx.fields.1.off overlap"]],
  ["an unaligned field", withFields({ ...field, off: 6 }), ["ctx.fields.1.off unaligned"]],
  ["two fields of one name", withFields({ ...field, name: "val" }), ["ctx.fields.1.name twice"]],
  ["a field outside the struct", (i) => ({ ...i, ctx: { ...i.ctx, size: 2 } }), ["ctx.fields.0.off outside"]],
  ["a keyword", withFields({ ...field, name: "int" }), ["ctx.fields.1.name c-name"]],
  ["a name with a blank", (i) => ({ ...i, name: "my type" }), ["name c-name"]],
  ["a name in capitals", (i) => ({ ...i, name: "Mine" }), ["name lower-case"]],
  ["a path outside /sys", (i) => ({ ...i, sysfsPath: "/proc/oreore/bpf" }), ["sysfsPath sysfs-path"]],
  ["a path with ..", (i) => ({ ...i, sysfsPath: "/sys/../etc/passwd" }), ["sysfsPath sysfs-path"]],
  ["a type that the kernel has", (i) => ({ ...i, name: "xdp" }), ["name name-taken"]],
  ["an attach type that the kernel has", (i) => ({ ...i, attachName: "BPF_XDP" }), ["attachName name-taken"]],
  ["the kernel's own directory", (i) => ({ ...i, sysfsPath: "/sys/kernel/bpf" }), ["sysfsPath sysfs-taken"]],
  ["an empty range", (i) => ({ ...i, returnRange: { min: 1, max: 0 } }), ["returnRange.min empty-range"]],
  ["no fields", (i) => ({ ...i, ctx: { ...i.ctx, fields: [] } }), ["ctx.fields shape"]],
  ["a field of 3 bytes", withFields({ ...field, size: 3 }), ["ctx.fields.1.size shape"]],
  ["an unknown set of helpers", (i) => ({ ...i, helpers: { set: "all" } }), ["helpers.set helper-set"]],
  ["the name of a file in kernel/bpf", (i) => ({ ...i, name: "verifier" }), ["name name-taken"]],
  ["a word that the preprocessor replaces", withFields({ ...field, name: "current" }), ["ctx.fields.1.name c-name"]],
  [
    "a kernel's member over another field's",
    withFields({ ...field, kernel: { name: "k", off: 0, size: 4 } }),
    ["ctx.fields.1.kernel.off overlap"],
  ],
  [
    "a kernel's member over the field behind it",
    (i) =>
      withFields(field)({
        ...i,
        ctx: { ...i.ctx, fields: [{ ...i.ctx.fields[0]!, kernel: { name: "k", off: 4, size: 4 } }] },
      }),
    ["ctx.fields.0.kernel.off overlap"],
  ],
  [
    "a kernel's member that a store would only fill in part",
    withFields({ ...field, writable: true, kernel: { name: "k", off: 8, size: 8 } }),
    ["ctx.fields.1.kernel.size kernel-wider"],
  ],
  ["an unknown helper", (i) => ({ ...i, helpers: { set: "base", plus: ["magic"] } }), ["helpers.plus no-helper"]],
  [
    "a helper for packets only",
    (i) => ({ ...i, helpers: { set: "base", plus: ["skb_load_bytes"] } }),
    ["helpers.plus helper-not-for-all"],
  ],
  [
    "a helper to remove that is not in the set",
    (i) => ({ ...i, helpers: { set: "base", minus: ["skb_load_bytes"] } }),
    ["helpers.minus not-in-base"],
  ],
  ["a file of an unknown field", (i) => ({ ...i, files: [{ name: "x", of: "nothing" }] }), ["files.0.of no-field"]],
  [
    "a file with the name of the one that runs",
    (i) => ({ ...i, files: [{ name: "bpf", of: "result" }] }),
    ["files.0.name file-twice"],
  ],
  [
    "a file in another directory",
    (i) => ({ ...i, files: [{ name: "../x", of: "result" }] }),
    ["files.0.name file-name"],
  ],
  ["no definition at all", () => null, [" shape"]],
] as [string, (input: DefinitionInput) => unknown, string[]][])("%s: %o", (_, change, expected) => {
  expect(faults(change)).toEqual(expected);
});
