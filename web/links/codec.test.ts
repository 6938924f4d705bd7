// Links survive encoding and decoding, links of every form are read, and no text after a # throws.
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

test("a state is the same after encoding and decoding", async () => {
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

test("a reader's own program type is the same after encoding and decoding", async () => {
  const state = { ...PLUS42, progType: "twice", definition: TWICE };
  expect(await decodeLink(await encodeLink(state))).toEqual({ kind: "state", state });
});

test("everything that a link can hold is the same after encoding and decoding", async () => {
  const state: LinkState = {
    ...PLUS42,
    maps: [
      {
        name: "counts",
        type: "hash",
        keySize: 4,
        valueSize: 8,
        maxEntries: 16,
        flags: 0,
        init: { "01000000": "2a00000000000000" },
        fields: { bpf_spin_lock: 0 },
      },
    ],
    contents: { counts: { "01000000": "0700000000000000" }, queue: { "0": "01000000" } },
    seed: 4_294_967_295,
    cpu: 3,
    slot: 1,
    view: "step",
    views: { machine: "maps", editor: "words" },
    breakpoints: [
      [2, ""],
      [3, "r0 == 5"],
    ],
  };
  expect(await decodeLink(await encodeLink(state))).toEqual({ kind: "state", state });
});

const ANSWER: LinkState = {
  ...PLUS42,
  lesson: {
    name: "attach",
    acts: [
      { do: "load" },
      { do: "apply", step: 1 },
      { do: "write", source: "BPF_" },
      { do: "load" },
      { do: "write", source: PLUS42.source },
      { do: "attach" },
      { do: "echo", text: "10" },
      { do: "cat" },
      { do: "step", to: 2, text: "7" },
      { do: "test", text: "icmp-echo" },
      { do: "shell", line: "bpftool prog" },
      { do: "update", map: "counts", key: "00000000", value: "0700000000000000" },
      { do: "delete", map: "counts", key: "00000000" },
      { do: "revert", step: 1 },
      { do: "detach" },
    ],
  },
};

test("an answer to a lesson comes back with everything that was done", async () => {
  expect(await decodeLink(await encodeLink(ANSWER))).toEqual({ kind: "state", state: ANSWER });
});

test.each([
  ["an unknown act", [{ do: "format" }]],
  ["an act with an unknown member", [{ do: "load", source: "" }]],
  ["a fifth step of the recipe", [{ do: "apply", step: 5 }]],
  ["too many acts", Array(501).fill({ do: "load" })],
])("%s: the link is damaged", async (_, acts) => {
  const link = await encodeLink({ ...PLUS42, lesson: { name: "attach", acts } } as unknown as LinkState);
  expect(await decodeLink(link)).toEqual({ kind: "fault", fault: "broken" });
});

test.each([
  ["a number", 7],
  ["a name that is too long", { ...TWICE, name: "a".repeat(257) }],
  ["too many fields", { ...TWICE, ctx: { ...TWICE.ctx, fields: Array(257).fill(TWICE.ctx.fields[0]) } }],
  ["members nested too deep", { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } }],
])("a faulty program type of a link is named as the fault: %s", async (_, definition) => {
  const link = await encodeLink({ ...PLUS42, definition } as unknown as LinkState);
  expect(await decodeLink(link)).toEqual({ kind: "fault", fault: "definition" });
});

test.each([
  ["a seed beyond 32 bits", { seed: 2 ** 32 }],
  ["a step before the first", { step: -1 }],
  ["a breakpoint above the first line", { breakpoints: [[0, ""]] }],
  ["too many breakpoints", { breakpoints: Array(65).fill([1, ""]) }],
  [
    "too many elements of a map",
    { contents: { m: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [String(i), ""])) } },
  ],
  ["a view that is not a text", { views: { machine: 7 } }],
])("%s: the link is damaged", async (_, wrong) => {
  const link = await encodeLink({ ...PLUS42, ...wrong } as unknown as LinkState);
  expect(await decodeLink(link)).toEqual({ kind: "fault", fault: "broken" });
});

// Links as earlier versions of this file made them. Each of them must open forever.
const COUNTS = {
  name: "counts",
  type: "hash",
  keySize: 4,
  valueSize: 8,
  maxEntries: 16,
  flags: 0,
  init: { "01000000": "2a00000000000000" },
};
const INNER = { name: "inner", type: "array", keySize: 4, valueSize: 4, maxEntries: 1, flags: 0 };
const OUTER = { name: "outer", type: "array_of_maps", keySize: 4, valueSize: 4, maxEntries: 2, flags: 0, inner: INNER };

test.each<[what: string, link: string, state: LinkState]>([
  [
    "the first version: the talk's program",
    "#v1.VY3BCsIwGINfZeQ04T9001Nvk04pbEN04kCliBQZ4lrazSHiu0sREU_5EhLyhDeDO2twzFcLVYhGlXkZB95RFGSdLxX7YUIRm9ChCz4rttNUyfLTz4T4W8zSby9vZK1ktanikIBgnbnUDxtejdPGaRBuJ-vB90dC29mhB0fCQPC9tuAp4d7qERyjcVe83g",
    {
      source:
        "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),\nBPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),\nBPF_EXIT_INSN(),\n",
      progType: "oreore",
      maps: [],
      input: "10",
      step: 2,
      view: "work",
    },
  ],
  [
    "the first version: maps with contents and a packet",
    "#v1.jY7RSsMwGIVfZZyrCT8sHWVKLoVu9KJT3BBBJYSSbmVdUpJUrKUv5o0v44NI1qH0QvHcnfzhO18HZxqbK3DMZpPPj_cnfX27FNnN_SIWaZZNQ7tLVoLR5PKChmvykG5Fut6sp-EFhNqa3batA8WZ_KC8KMrKKwvCUdYO_LGDlsdwz02jvQPBD__30u1BOKh2U74p8JjwIqtGDe0qAF4T7W2pHHi0IBSV3DlwRih16cE7sIidAo65ZKOg7-l72jSD0nlZWitbYQpxUvxVIR4rzMcGWtmgcF4Y-njh3-Toh9z3zwFeNx4c7I-A4LyqwaP-Cw",
    {
      source: "// 俺\nBPF_MOV64_IMM(BPF_REG_0, 7),\nBPF_EXIT_INSN(),\n",
      progType: "socket_filter",
      maps: [COUNTS, OUTER],
      input: "00".repeat(14),
      step: 1,
    },
  ],
  [
    "the second: a preset of program types",
    "#v1.q1Yqzi8tSk5VslJyCnCL93GJiPd19dUAscN1FEBUkKt7vAGCaaijYKKpE5MH4rtGeIbEe_oF-2mARJR0lAqK8tNDKgtAppWU58enZabmpBQr6SjlJhYUK1lFx-ooZeYVlJYoWSkZK5iA1acWp5ZAVOvCVReXpBYoWRnVAgA",
    {
      source: "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 4),\nBPF_EXIT_INSN(),\n",
      progType: "two_fields",
      maps: [],
      input: "3 4",
      preset: "two-fields",
      step: 2,
    },
  ],
  [
    "the third: a program type of one's own",
    "#v1.TVDbSsNAEP0VOSBUGEgKtQ_7VkvVPLSWGlSoJWzTTbOQbMJeSGPJv8tEFN_mHOZcZq5wTbC5gsDD9jFbv7zNZ1myXk8Y7VZPWUw30zv6NIxXH0maJZvXzYQZEFrbnNO-ZbXvdK5AqGXrIPYHgjZt8BC4B-GkCm20142BuMLI-r8k9xdmnbch9798xiyh0Ko6seGfinObooCICU5_KYgZobPay2OlILwNajgMhFJVrbJudFZse5SO09oqsN_8QKi1Gecp71vlgzU7ac6KNbU2Y0QtLxDTeCBI72Vebn5a8DvS92S5yhZpulg-g-B6V7it9CUEIte7aLwjsoEbu7LpIHB7wjB8Aw",
    {
      source: "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n",
      progType: "twice",
      maps: [],
      input: "5",
      definition: {
        ...TWICE,
        helpers: { set: "base", plus: [6], minus: [1] },
        show: "%d",
      },
    },
  ],
  [
    "the fourth: seed, CPU, instruction, layout, views, breakpoints",
    "#v1.JY_BaoNAEIZfRf5TCnPQENqykEvBFA-mpQmlkIZlo2u6qOuyu6ax4ruX1dt8_8x8zIxwXW8LCYaX9x3P3z4fNzzL81Wgj_SVxxQlD_StA6df2ZFn-8N-FRIQjO2ux8GE7XtpQGiFcWCnEVq0IW26onYg-GVIWCsGEGo5HNSfBNsQbqLp5ULPQXBPtbdKOrCEUDXi6sBiQqVkUzqwERdTcWeU5kEOFk_TmaC06T0YqiqOQXBSlmBPhML0YGuC89LMRtd0fi5uSv6CLY2FZnsrih-lw7HzLxPhYqWoTae0D6-d1gQbR9ttlOB8nv4B",
    {
      source: "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n",
      progType: "xdp",
      maps: [
        {
          name: "locks",
          type: "array",
          keySize: 4,
          valueSize: 8,
          maxEntries: 1,
          flags: 0,
          fields: { bpf_spin_lock: 0 },
        },
      ],
      input: "ff00",
      seed: 7,
      cpu: 2,
      step: 1,
      slot: 1,
      view: "step",
      views: { machine: "maps" },
      breakpoints: [[2, "r0 == 1"]],
    },
  ],
  [
    "the fifth: what the maps hold",
    "#v1.VVDLasMwEPwVM6cU9qCE9MFCLgW35JC0NKEU0mAUR05FHFlIcprU6N-L7F66p53Z2WF2O_imdaUC4_H1qVi8vN9Ni_liMUroLX8uBGXjG_o0Cecf83UxX66Wo8SAYF1zWF9t2r7sLQgnaT1408HIU2Lrpjx6EMIgks7JKwhHdV3pHwWeEs6ybtWAHpLBJTfBaeXBY0JVy4MHC0KlVb334A47WxXealMkc7CIcUvQxrYBjKoSAoSyMUGZ0OuHDNxB_BUY4lb8K8RI8ErtwfeE0rbgCcEHZfsYvm5C35y1-gYPgwH1zidZfmmTLuwfEAk7p-TRNrrPsNlMCE5ks1k2xnYbfwE",
    {
      source: "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n",
      progType: "xdp",
      maps: [
        {
          name: "locks",
          type: "array",
          keySize: 4,
          valueSize: 8,
          maxEntries: 1,
          flags: 0,
          fields: { bpf_spin_lock: 0 },
        },
      ],
      input: "ff00",
      contents: { locks: { "00000000": "0500000000000000" } },
      seed: 7,
      cpu: 2,
      step: 1,
      slot: 1,
      view: "step",
      views: { machine: "maps" },
      breakpoints: [[2, "r0 == 1"]],
    },
  ],
  [
    "the sixth: a lesson with what was done in it",
    "#v1.dZBBS8QwEIX_irzTLswhlcWFHIVVeugquoigSwlpcIvdJCRTtZT-d4mWlgrO7c2bb5g3PaJrgzaQuL6_KYu7p6tNmRfFKqmH3W0p6CJb06tNevecH8p8_7hfpQ4IPri3Q-cT7YJxwYBwVj5CvhwJtfUtQyITIEQ2HjIjNCZGZyF7WHVOZDC69olUmhPZo3KQaJyqMNColPdNN6-Z-p-h5sQuUvy5cxpervxF_zEVs9KnWRt9ciCw-RoTTY5WPIuf8wjsIC-n6e3st75SPH4psa61HEF4Nx0kxFggfKimTXHEViwKw3EYvgE",
    {
      source: "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n",
      progType: "oreore",
      maps: [],
      input: "10",
      step: 1,
      lesson: {
        name: "recipe",
        acts: [
          { do: "load" },
          { do: "apply", step: 1 },
          { do: "write", source: "BPF_EXIT_INSN(),\n" },
          { do: "load" },
          { do: "write", source: "BPF_MOV64_IMM(BPF_REG_0, 1),\nBPF_EXIT_INSN(),\n" },
          { do: "load" },
          { do: "attach" },
          { do: "echo", text: "10" },
          { do: "cat" },
          { do: "step", to: 2, text: "7" },
          { do: "update", map: "counts", key: "00000000", value: "0700000000000000" },
        ],
      },
    },
  ],
])("a recorded link stays readable: %s", async (_, link, state) => {
  expect(await decodeLink(link)).toEqual({ kind: "state", state });
});

test.each([
  ["#src=BPF_EXIT_INSN()%2C%0A", { kind: "source", source: "BPF_EXIT_INSN(),\n" }],
  ["#src=%E4%BF%BA", { kind: "source", source: "俺" }],
  ["#example/plus42", { kind: "example", name: "plus42" }],
  ["#lesson/3", { kind: "lesson", name: "3" }],
  ["#lesson/bounds", { kind: "lesson", name: "bounds" }],
  ["#file/week1/own.md", { kind: "file", path: "week1/own.md", at: 1 }],
  ["#file/course.md:3", { kind: "file", path: "course.md", at: 3 }],
  ["#file/course.md:0", { kind: "fault", fault: "unknown-form" }],
  ["#file/../own.md", { kind: "fault", fault: "unknown-form" }],
  ["#file//elsewhere.example/own.md", { kind: "fault", fault: "unknown-form" }],
  ["#file/https:elsewhere.md", { kind: "fault", fault: "unknown-form" }],
  ["", { kind: "none" }],
  ["#", { kind: "none" }],
  ["#v9.abc", { kind: "fault", fault: "unknown-version" }],
  ["#v1.", { kind: "fault", fault: "broken" }],
  ["#v1.!!!", { kind: "fault", fault: "broken" }],
  ["#v1.AAAA", { kind: "fault", fault: "broken" }],
  ["#src=%", { kind: "fault", fault: "broken" }],
  ["#lesson/X", { kind: "fault", fault: "unknown-form" }],
  ["#<script>", { kind: "fault", fault: "unknown-form" }],
])("%s", async (hash, expected) => {
  expect(await decodeLink(hash)).toEqual(expected);
});

test("a small link that would unpack to a huge text is refused", async () => {
  const bomb = await encodeLink({ ...PLUS42, source: " ".repeat(5_000_000) });
  expect(bomb.length).toBeLessThan(20_000);
  expect(await decodeLink(bomb)).toEqual({ kind: "fault", fault: "too-large" });
});

test("random text after the # gets an answer and never throws", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.constantFrom("", "v1.", "src=", "example/", "lesson/"), async (text, form) => {
      expect(typeof (await decodeLink(`#${form}${text}`)).kind).toBe("string");
    }),
  );
});

test.each([
  ["#example/loop)", "loop"],
  ["#example/loop).", "loop"],
  ["#example/loop>", "loop"],
  ["#example/loop%20", "loop"],
  ["#%23example/loop", "loop"],
  ["%23example/loop", "loop"],
  ["#example/map-counter、", "map-counter"],
])("a link opens with what a sentence or a chat tool adds to it: %s", async (hash, name) => {
  expect(await decodeLink(hash)).toEqual({ kind: "example", name });
});

test("a state with text behind it is read too, and a source keeps its last character", async () => {
  const link = await encodeLink(PLUS42);
  for (const around of [`${link})`, `${link}.`, `${link}>`, `${link}%20`, `#%23${link.slice(1)}`])
    expect(await decodeLink(around)).toEqual({ kind: "state", state: PLUS42 });
  expect(await decodeLink("#src=BPF_EXIT_INSN(),")).toEqual({ kind: "source", source: "BPF_EXIT_INSN()," });
});
