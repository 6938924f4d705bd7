import { expect, test } from "vitest";
import { OREORE } from "./definition.ts";
import { type DefinitionInput, readDefinition } from "./definition-input.ts";
import { PRESETS } from "./presets.ts";

const [oreore] = PRESETS as unknown as [{ definition: DefinitionInput }];

/** `path code` of each fault. */
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

test("the form's OREORE is the definition that the kernel starts with", () => {
  expect(readDefinition(oreore.definition)).toEqual({ ok: true, definition: OREORE });
});

test.each(PRESETS.map(({ name, definition }) => [name, definition] as const))(
  "preset %s is without fault",
  (_, definition) => {
    expect(readDefinition(definition)).toMatchObject({ ok: true });
  },
);

test.each([
  ["a field beside the first", withFields(field), []],
  ["fields that overlap", withFields({ ...field, off: 0 }), ["ctx.fields.1.off overlap"]],
  ["an unaligned field", withFields({ ...field, off: 6 }), ["ctx.fields.1.off unaligned"]],
  ["two fields of one name", withFields({ ...field, name: "val" }), ["ctx.fields.1.name twice"]],
  ["a field outside the struct", (i) => ({ ...i, ctx: { ...i.ctx, size: 2 } }), ["ctx.fields.0.off outside"]],
  ["a keyword", withFields({ ...field, name: "int" }), ["ctx.fields.1.name c-name"]],
  ["a name with a blank", (i) => ({ ...i, name: "my type" }), ["name c-name"]],
  ["a name in capitals", (i) => ({ ...i, name: "Mine" }), ["name lower-case"]],
  ["a path elsewhere", (i) => ({ ...i, sysfsPath: "/proc/oreore/bpf" }), ["sysfsPath sysfs-path"]],
  ["a path that climbs", (i) => ({ ...i, sysfsPath: "/sys/../etc/passwd" }), ["sysfsPath sysfs-path"]],
  ["a type that the kernel has", (i) => ({ ...i, name: "xdp" }), ["name name-taken"]],
  ["an attach type that the kernel has", (i) => ({ ...i, attachName: "BPF_XDP" }), ["attachName name-taken"]],
  ["the kernel's own directory", (i) => ({ ...i, sysfsPath: "/sys/kernel/bpf" }), ["sysfsPath sysfs-taken"]],
  ["an empty range", (i) => ({ ...i, returnRange: { min: 1, max: 0 } }), ["returnRange.min empty-range"]],
  ["no fields", (i) => ({ ...i, ctx: { ...i.ctx, fields: [] } }), ["ctx.fields shape"]],
  ["a field of 3 bytes", withFields({ ...field, size: 3 }), ["ctx.fields.1.size shape"]],
  ["an unknown set of helpers", (i) => ({ ...i, helpers: { set: "all" } }), ["helpers.set helper-set"]],
  ["something else entirely", () => null, [" shape"]],
] as [string, (input: DefinitionInput) => unknown, string[]][])("%s: %o", (_, change, expected) => {
  expect(faults(change)).toEqual(expected);
});
