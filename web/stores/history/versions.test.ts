// Which versions a program can be compared with, and what the page says about the difference. Uses an engine in the same thread.
import { beforeEach, expect, test, vi } from "vitest";
import { inThread } from "../engine-in-thread.ts";

vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });
let clock = 0;
vi.spyOn(performance, "now").mockImplementation(() => clock);

const { startEngine } = await import("../engine.ts");
const { bootFreshKernel, load, startKernel } = await import("../kernel/kernel.ts");
const { editSource, openProgram, useProgram } = await import("../program/program.ts");
const { followForUndo, undoProgram } = await import("./undo.ts");
const { followProgram, freshCheck } = await import("../check/verdict.ts");
const { compareWithVersion, followVersions, openComparison, useVersions } = await import("./versions.ts");
const { COMPARE_TEXTS, sentences } = await import("../../i18n/compare.ts");

startEngine(inThread());
followProgram();
await startKernel();
followForUndo();
followVersions();

const returning = (n: number): string => `BPF_MOV64_IMM(BPF_REG_0, ${n}),\nBPF_EXIT_INSN(),\n`;
const REFUSED = "BPF_MOV64_REG(BPF_REG_0, BPF_REG_5),\nBPF_EXIT_INSN(),\n";

/** The reader types a text and looks at the result for a while. */
async function typed(source: string): Promise<void> {
  clock += 10_000;
  editSource(source);
  await freshCheck();
}
const choices = () =>
  useVersions
    .getState()
    .choices.filter(({ kind }) => kind !== "kept")
    .map(({ kind, program }) => [kind, program.source]);

beforeEach(async () => {
  await bootFreshKernel([true, true, true, true]);
  clock += 10_000;
  openProgram({ source: returning(1), progType: "oreore", maps: [], input: "1" }, {});
  await freshCheck();
});

test("a program that was set aside for another is kept, and can be compared with", async () => {
  await typed(REFUSED);
  openProgram({ source: returning(5), progType: "oreore", maps: [], input: "1" }, {});
  await vi.waitFor(async () => {
    await openComparison();
    const kept = useVersions
      .getState()
      .choices.find(({ kind, program }) => kind === "kept" && program.source === REFUSED);
    expect(kept?.name).toBe("BPF_MOV64_REG(BPF_REG_0, BPF_REG_5),");
  });
  expect(choices().map(([kind]) => kind)).not.toContain("opened");
});

test("the versions are those before the change, loaded, accepted and opened, each listed once", async () => {
  await typed(returning(2));
  await load();
  await typed(returning(3));
  await typed(returning(4));
  await typed(REFUSED);
  await openComparison();
  expect(choices()).toEqual([
    ["change", returning(4)],
    ["loaded", returning(2)],
    ["opened", returning(1)],
  ]);
  const { chosen, view } = useVersions.getState();
  expect([chosen?.kind, view?.before.verdict, view?.now.verdict]).toEqual(["change", "accept", "reject"]);
  await compareWithVersion("loaded");
  expect(useVersions.getState().view?.source.find(({ kind }) => kind === "changed")?.before?.text).toBe(
    "BPF_MOV64_IMM(BPF_REG_0, 2),",
  );
  await typed(`${REFUSED}\n`);
  await openComparison();
  expect(choices()).toEqual([
    ["change", REFUSED],
    ["loaded", returning(2)],
    ["accepted", returning(4)],
    ["opened", returning(1)],
  ]);
});

test("if the program is still the one loaded last, the one loaded before is offered", async () => {
  await load();
  await typed(returning(2));
  await load();
  await openComparison();
  expect(choices()).toEqual([["change", returning(1)]]);
  await typed(returning(3));
  await typed(returning(2));
  await openComparison();
  expect(choices()).toEqual([
    ["change", returning(3)],
    ["loaded", returning(1)],
  ]);
});

test("undo keeps the same piece of work", async () => {
  await typed(returning(2));
  await typed(returning(3));
  undoProgram();
  await freshCheck();
  expect(useProgram.getState().source).toBe(returning(2));
  await openComparison();
  expect(choices()).toEqual([["change", returning(1)]]);
});

test("the difference between the verdicts is said in words", async () => {
  const said = async (source: string) => {
    await typed(source);
    await openComparison();
    const { view } = useVersions.getState();
    return view ? sentences(COMPARE_TEXTS.en, view) : [];
  };
  expect((await said(REFUSED)).slice(0, 2)).toEqual([
    "It was accepted. Now it is refused: EACCES, line 1: R5 !read_ok",
    "1 line changed.",
  ]);
  expect((await said("BPF_NOTHING(),\n"))[0]).toMatch(/^It was refused\. Now it does not assemble\. line 1: /);
  expect((await said(`${returning(9)}`))[0]).toMatch(/^It did not assemble \(line 1: .*\)\. Now it is accepted\.$/);
  expect(await said(returning(10))).toEqual([
    "Accepted, as before.",
    "1 line changed.",
    "2 instructions, as before; the verifier walks 2, as before.",
  ]);
});
