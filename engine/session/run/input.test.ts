// The text of a program's input: how it is read for each kind of type, what is said about faulty texts, and the first input of each type.
import { expect, test } from "vitest";
import { readDefinition } from "../../kernel/definition-input.ts";
import { PRESETS } from "../../kernel/presets.ts";
import { Registry } from "../../kernel/registry.ts";
import { PACKETS } from "../../packets/packets.ts";
import type { EventInput } from "../views/program.ts";
import { firstInput, printInput, readInput } from "./input.ts";

const registry = new Registry();
const hexOf = (name: string): string => PACKETS.find((one) => one.name === name)?.hex ?? "";

test.each<readonly [progType: string, text: string, EventInput]>([
  ["oreore", "10", { kind: "sysfs", path: "/sys/oreore/bpf", data: "10\n" }],
  ["oreore", "", { kind: "sysfs", path: "/sys/oreore/bpf", data: "\n" }],
  ["oreore", "any words", { kind: "sysfs", path: "/sys/oreore/bpf", data: "any words\n" }],
  ["xdp", "icmp-echo", { kind: "packet", hex: hexOf("icmp-echo") }],
  ["xdp", " FFee 01\n", { kind: "packet", hex: "ffee01" }],
  ["socket_filter", "", { kind: "packet", hex: "00".repeat(64) }],
  ["kprobe", "0102", { kind: "ctx", hex: "0102" }],
  ["tracepoint", "", { kind: "ctx", hex: "00".repeat(64) }],
])("for %s `%s` is an event, and its printed text gives the same event", (progType, text, event) => {
  const read = readInput(registry, progType, text);
  expect(read).toEqual({ ok: true, event, text: printInput(event) });
  expect(readInput(registry, progType, printInput(event))).toEqual(read);
});

test.each([
  ["xdp", "abc", "`abc` is no packet", "`abc` はパケットではありません"],
  ["xdp", "icmp-eco", "`icmp-eco` is no packet", "`icmp-eco` はパケットではありません"],
  ["kprobe", "icmp-echo", "`icmp-echo` is no context", "`icmp-echo` はコンテキストではありません"],
  ["lsm", "10", "Nothing runs programs of type `lsm`", "`lsm` のプログラムを実行するイベントがありません"],
  ["no_such", "10", "no program type `no_such`", "プログラムタイプ `no_such` はありません"],
])("for %s `%s` is refused with a sentence in both languages", (progType, text, en, ja) => {
  expect(readInput(registry, progType, text)).toEqual({
    ok: false,
    why: { en: expect.stringContaining(en), ja: expect.stringContaining(ja) },
  });
});

test.each(PRESETS.map(({ name, definition }) => [name, definition] as const))(
  "%s starts with an input that its file takes; so does every type",
  (_, input) => {
    const found = readDefinition(input);
    const own = new Registry(found.ok ? found.definition : undefined);
    for (const type of own.progTypes()) {
      const read = readInput(own, type.name, firstInput(own, type));
      expect([type.name, read.ok]).toEqual([type.name, type.notSimulated === null]);
    }
  },
);
