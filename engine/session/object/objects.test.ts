// Objects through the session: the tree of an object, a refusal at its line of C, relocations, and the program for the editor.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readElf } from "../../object/elf.ts";
import { createSession } from "../session.ts";
import type { ObjectLoadView, ObjectView } from "./object-views.ts";

const at = (path: string): URL => new URL(path, import.meta.url);
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(at(`../../object/fixtures/${name}`)));

async function open(name: string) {
  const { objects, check } = createSession();
  const opened = await objects.open(fixture(name), name);
  if (!opened.ok) throw new Error(opened.en);
  await objects.takeKernel(gunzipSync(readFileSync(at("../../facts/recorded/linux-6.18.bin.gz"))));
  const load = async (program: string): Promise<ObjectLoadView> => {
    const view = await objects.program(opened.view.programs.findIndex((one) => one.name === program));
    if (!view.ok) throw new Error(view.en);
    return view.view;
  };
  return { view: opened.view as ObjectView, load, check, objects };
}

test("an object is a tree of programs, maps, functions and types", async () => {
  const { view } = await open("counter.bpf.o");
  expect(view.programs.map(({ name, progType, autoload }) => [name, progType, autoload])).toContainEqual([
    "compare",
    "tracepoint",
    false,
  ]);
  expect(view.maps.map(({ name }) => name)).toContain("counter.rodata");
  expect(view.maps.find(({ name }) => name === "outer")?.values).toEqual([{ key: 1, name: "first" }]);
  expect(view.externs.map(({ name }) => name)).toContain("CONFIG_HZ");
  expect(view.functions.map(({ name, global }) => [name, global])).toContainEqual(["weigh", true]);
  expect(view.types.map(({ name }) => name)).toContain("event");
  expect(view.needsKernel).toBe(true);
});

test("a refused program points at its line of C, and is refused as macros too", async () => {
  const { load, check } = await open("refused.bpf.o");
  const view = await load("hit");
  expect(view).toMatchObject({ verdict: "reject", errno: 13, message: "R0 invalid mem access 'map_value_or_null'" });
  expect(view.lines[view.insns.findLast(({ slot, line }) => slot <= view.refusedAt && line >= 0)!.line]).toMatchObject({
    line: 17,
  });
  expect(view.explanation?.en.help).not.toBe("");
  const again = await check.check(view.program!, 1);
  expect(again.diagnostics).toEqual([]);
  expect(again).toMatchObject({ verdict: "reject", message: view.message });
});

test("programs of all kinds assemble from their macros to the same instructions", async () => {
  const { view, load, check } = await open("counter.bpf.o");
  for (const [i, { name }] of view.programs.entries()) {
    const { program, insns, verdict } = await load(name);
    const again = await check.check(program!, i + 1);
    expect([name, again.diagnostics, again.verdict]).toEqual([name, [], verdict]);
    expect([name, again.slots.filter(({ text }) => text !== "").length]).toEqual([name, insns.length]);
  }
});

test("the code names maps, functions and kernel functions", async () => {
  const textOf = async (file: string, program: string) => {
    const { load } = await open(file);
    const { insns, kernelFunctions } = await load(program);
    return { text: insns.map(({ text }) => text), kernelFunctions };
  };
  const drop = await textOf("counter.bpf.o", "drop");
  expect(drop.text).toContain("(18) r1 = map[counter.kconfig][0]+4");
  expect(drop.text).toContain("(85) call hidden()");
  expect(drop.kernelFunctions).toEqual([]);
  const locks = await textOf("kinds.bpf.o", "locks");
  expect(locks.text[0]).toMatch(/^\(85\) call bpf_rcu_read_lock#\d+$/);
  expect(locks.kernelFunctions).toEqual(["bpf_rcu_read_lock", "bpf_rcu_read_unlock"]);
});

test("the view names the line of the log with the reason", async () => {
  const { load } = await open("refused.bpf.o");
  const view = await load("hit");
  expect([view.errnoName, view.log[view.logRefusal]]).toEqual(["EACCES", view.message]);
  expect((await load("takes_nothing_known")).logRefusal).toBe(-1);
});

test("programs with maps of kinds that take BTF assemble again as macros", async () => {
  const { load, check } = await open("kinds.bpf.o");
  for (const [i, name] of ["counts", "remembers"].entries()) {
    const { program, verdict } = await load(name);
    const again = await check.check(program!, i + 1);
    expect([name, again.diagnostics, again.verdict, verdict]).toEqual([name, [], "accept", "accept"]);
  }
});

test("a relocation says what was asked and what was found", async () => {
  const { load } = await open("core.bpf.o");
  const { relocations } = await load("poisoned");
  expect(relocations).toContainEqual(
    expect.objectContaining({ asked: "struct task_struct.not_a_field", found: null, poisoned: true }),
  );
});

test("types of another kernel replace the recorded ones, until they are removed", async () => {
  const { load, objects } = await open("core.bpf.o");
  const place = async (): Promise<string | null> =>
    (await load("poisoned")).relocations.find(({ asked }) => asked === "struct task_struct.not_a_field")?.found ?? null;
  // The kernel that the program was written for has the field.
  const own = readElf(fixture("core.bpf.o")).sections.find(({ name }) => name === ".BTF")?.data as Uint8Array;
  expect(await objects.takeTypes(own, "own")).toMatchObject({ ok: true });
  expect(await place()).toContain("task_struct.not_a_field");
  expect(await objects.takeTypes(own.subarray(0, 100), "cut")).toMatchObject({
    ok: false,
    en: expect.stringContaining("cut"),
  });
  expect(await place()).toContain("task_struct.not_a_field");
  await objects.takeTypes(null, "");
  expect(await place()).toBeNull();
});

test("a file that is no object gets a sentence in both languages", async () => {
  const { objects } = createSession();
  const answer = await objects.open(new Uint8Array(8), "x.o");
  expect(answer).toMatchObject({
    ok: false,
    en: expect.stringContaining("offset"),
    ja: expect.stringContaining("オフセット"),
  });
});
