// Links round-trip, links of every form are read, and nothing that stands after a # can throw.
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeLink, encodeLink, type LinkState } from "./codec.ts";

const PLUS42: LinkState = {
  source: "BPF_EXIT_INSN(),\n",
  progType: "oreore",
  maps: [],
  input: "10",
  step: 2,
  view: "work",
};

test("a state comes back from its link as it was", async () => {
  const link = await encodeLink(PLUS42);
  expect(link).toMatch(/^#v1\.[A-Za-z0-9_-]+$/);
  expect(await decodeLink(link)).toEqual({ kind: "state", state: PLUS42 });
});

test("any text survives: Japanese, quotes, surrogate pairs", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (source) => {
      const link = await decodeLink(await encodeLink({ ...PLUS42, source }));
      expect(link).toEqual({ kind: "state", state: { ...PLUS42, source } });
    }),
    { numRuns: 50 },
  );
});

const TWICE = {
  name: "twice",
  ctx: { struct: "twice_ctx", fields: [{ name: "n", off: 0, size: 4, writable: true }] },
  helpers: { set: "base" },
  returnRange: { min: 0, max: 10 },
  attachName: "BPF_TWICE_ATTACH",
  sysfsPath: "/sys/twice/run",
} as const;

test("a program type of one's own comes back from its link as it was", async () => {
  const state = { ...PLUS42, progType: "twice", definition: TWICE };
  expect(await decodeLink(await encodeLink(state))).toEqual({ kind: "state", state });
});

test.each([
  ["no object", 7],
  ["without its fields", { ...TWICE, ctx: { struct: "twice_ctx" } }],
  ["with too many fields", { ...TWICE, ctx: { ...TWICE.ctx, fields: Array(33).fill(TWICE.ctx.fields[0]) } }],
  ["with a name that has no end", { ...TWICE, name: "a".repeat(65) }],
  ["with a size that no field has", { ...TWICE, ctx: { ...TWICE.ctx, fields: [{ ...TWICE.ctx.fields[0], size: 3 }] } }],
  ["with a range beyond 32 bits", { ...TWICE, returnRange: { min: 0, max: 2 ** 31 } }],
])("a program type %s is said to be the fault", async (_, definition) => {
  const link = await encodeLink({ ...PLUS42, definition } as unknown as LinkState);
  expect(await decodeLink(link)).toEqual({ kind: "fault", fault: "definition" });
});

test("a link that the first version made stays readable", async () => {
  const recorded =
    "#v1.VY3BCsIwGINfZeQ04T9001Nvk04pbEN04kCliBQZ4lrazSHiu0sREU_5EhLyhDeDO2twzFcLVYhGlXkZB95RFGSdLxX7YUIRm9ChCz4rttNUyfLTz4T4W8zSby9vZK1ktanikIBgnbnUDxtejdPGaRBuJ-vB90dC29mhB0fCQPC9tuAp4d7qERyjcVe83g";
  expect(await decodeLink(recorded)).toEqual({
    kind: "state",
    state: {
      source:
        "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),\nBPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),\nBPF_EXIT_INSN(),\n",
      progType: "oreore",
      maps: [],
      input: "10",
      step: 2,
      view: "work",
    },
  });
});

test.each([
  ["#src=BPF_EXIT_INSN()%2C%0A", { kind: "source", source: "BPF_EXIT_INSN(),\n" }],
  ["#src=%E4%BF%BA", { kind: "source", source: "俺" }],
  ["#example/plus42", { kind: "example", name: "plus42" }],
  ["#lesson/3", { kind: "lesson", number: 3 }],
  ["", { kind: "none" }],
  ["#", { kind: "none" }],
  ["#v9.abc", { kind: "fault", fault: "unknown-version" }],
  ["#v1.", { kind: "fault", fault: "broken" }],
  ["#v1.!!!", { kind: "fault", fault: "broken" }],
  ["#v1.AAAA", { kind: "fault", fault: "broken" }],
  ["#src=%", { kind: "fault", fault: "broken" }],
  ["#lesson/x", { kind: "fault", fault: "unknown-form" }],
  ["#<script>", { kind: "fault", fault: "unknown-form" }],
])("%s", async (hash, expected) => {
  expect(await decodeLink(hash)).toEqual(expected);
});

test("a small link that would unfold to a huge text is refused", async () => {
  const bomb = await encodeLink({ ...PLUS42, source: " ".repeat(5_000_000) });
  expect(bomb.length).toBeLessThan(20_000);
  expect(await decodeLink(bomb)).toEqual({ kind: "fault", fault: "too-large" });
});

test("random text after the # is answered, never thrown at", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.constantFrom("", "v1.", "src=", "example/", "lesson/"), async (text, form) => {
      expect(typeof (await decodeLink(`#${form}${text}`)).kind).toBe("string");
    }),
  );
});
