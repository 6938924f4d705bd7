// Ways through a run and playing it, with an engine in the same thread. The test decides when frames are drawn and how time passes.
import { beforeEach, expect, test, vi } from "vitest";
import { inThread } from "../engine-in-thread.ts";

vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });
const kept = new Map<string, string>();
vi.stubGlobal("localStorage", {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
});

let clock = 0;
let asked: ((now: number) => void)[] = [];
vi.spyOn(performance, "now").mockImplementation(() => clock);
vi.stubGlobal("requestAnimationFrame", (draw: (now: number) => void) => asked.push(draw));

const { startEngine } = await import("../engine.ts");
const { setCondition, toggleBreakpoint, toggleWatch, useBreakpoints } = await import("./breakpoints.ts");
const { bootFreshKernel, runAll, startKernel } = await import("../kernel/kernel.ts");
const { ensureRun, followVerdict, moveTo, useMachine } = await import("./machine.ts");
const { chooseSpeed, chooseRegister, pause, play, togglePlay, usePlay } = await import("./play.ts");
const { openProgram } = await import("../program/program.ts");
const { goOn, untilChange, useTravel } = await import("./travel.ts");
const { followProgram } = await import("../check/verdict.ts");

startEngine(inThread());
followProgram();
followVerdict();
await startKernel();

/** Five rounds of three instructions: steps 0 … 18. Line 3 counts R2 down, line 4 adds it to R0. */
const SUM = `BPF_MOV64_IMM(BPF_REG_0, 0),
BPF_MOV64_IMM(BPF_REG_2, 6),
BPF_ALU64_IMM(BPF_SUB, BPF_REG_2, 1),
BPF_ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_2),
BPF_JMP_IMM(BPF_JNE, BPF_REG_2, 1, -3),
BPF_EXIT_INSN(),
`;
const END = 18;
const position = (): number => useMachine.getState().position;
const said = () => {
  const { nowhere, stopped } = useTravel.getState();
  return nowhere || (stopped ? stopped.watched || stopped.line : "");
};

beforeEach(async () => {
  pause();
  asked = [];
  await bootFreshKernel([true, true, true, true]);
  const { run } = useMachine.getState();
  openProgram({ source: SUM, progType: "oreore", maps: [], input: "1" }, {});
  await new Promise<void>((resolve) => {
    const stop = useMachine.subscribe((now) => {
      if (now.run === null || now.run === run) return;
      stop();
      resolve();
    });
  });
  expect([useMachine.getState().run?.length, position()]).toEqual([END, 0]);
});

/** Draws frames, 60 per second, until that many are drawn or nothing waits for one. */
async function draw(pictures: number): Promise<void> {
  for (let i = 0; i < pictures; i++) {
    while (asked.length === 0 && usePlay.getState().playing) await new Promise((resolve) => setImmediate(resolve));
    clock += 1000 / 60;
    const now = asked;
    asked = [];
    for (const one of now) one(clock);
  }
  while (asked.length === 0 && usePlay.getState().playing) await new Promise((resolve) => setImmediate(resolve));
}

test("it plays one step per frame, or so many per second, to the end, and from the end it begins anew", async () => {
  chooseSpeed("frame");
  void play();
  await draw(7);
  expect(position()).toBe(7);
  chooseSpeed("30");
  await draw(2);
  const from = position();
  await draw(10);
  expect(position()).toBe(from + 5);
  chooseSpeed("10");
  await draw(2);
  const at = position();
  await draw(1);
  expect(position()).toBe(at);
  clock += 100;
  await draw(1);
  expect(position()).toBe(at + 1);
  chooseSpeed("60");
  await draw(10);
  expect([position(), usePlay.getState().playing]).toEqual([END, false]);
  void togglePlay();
  await draw(3);
  expect([position(), usePlay.getState().playing]).toEqual([3, true]);
  void togglePlay();
  await draw(3);
  expect([position(), usePlay.getState().playing]).toEqual([3, false]);
});

test("it stops at breakpoints, also at those set meanwhile, and says so", async () => {
  chooseSpeed("frame");
  toggleBreakpoint(4);
  void play();
  await draw(30);
  expect([position(), said(), usePlay.getState().playing]).toEqual([3, 4, false]);
  toggleBreakpoint(4);
  void play();
  await draw(4);
  toggleBreakpoint(5);
  await draw(30);
  expect([position(), said(), usePlay.getState().playing]).toEqual([10, 5, false]);
});

test("any other action on the run ends the playing", async () => {
  chooseSpeed("frame");
  void play();
  await draw(4);
  await moveTo(12);
  await draw(4);
  expect([position(), usePlay.getState().playing]).toEqual([12, false]);
  void play();
  await draw(2);
  openProgram({ source: SUM.replace("6", "7"), progType: "oreore", maps: [], input: "1" }, {});
  await ensureRun();
  await draw(4);
  expect([position(), usePlay.getState().playing]).toEqual([0, false]);
});

test("going on stops at each stop before the end and says at which, and so does Run", async () => {
  await setCondition(4, "r2 == 3");
  await goOn();
  expect([position(), said()]).toEqual([9, 4]);
  toggleWatch({ name: "R0", reg: 0 });
  await goOn();
  expect([position(), said()]).toEqual([10, "R0"]);
  toggleWatch({ name: "R0", reg: 0 });
  await goOn();
  expect([position(), said()]).toEqual([END, ""]);
  await goOn();
  expect([position(), said()]).toEqual([END, "no-stop"]);
  await goOn(true);
  expect([position(), said()]).toEqual([9, 4]);
  toggleBreakpoint(4);
  toggleBreakpoint(1);
  expect(await runAll()).toBe(true);
  expect([position(), said()]).toEqual([0, 1]);
  toggleBreakpoint(1);
  expect(useBreakpoints.getState().breakpoints).toEqual([]);
  expect(await runAll()).toBe(true);
  expect([position(), said()]).toEqual([END, ""]);
});

test("on until a register changes, and back, with stops in between", async () => {
  await untilChange(0);
  // R0 is set for the first time, to the zero that it held.
  expect(position()).toBe(1);
  await untilChange(0);
  expect([position(), said()]).toEqual([4, "R0"]);
  toggleBreakpoint(5);
  await untilChange(2);
  expect([position(), said()]).toEqual([6, "R2"]);
  await untilChange(0);
  expect([position(), said()]).toEqual([7, 5]);
  await untilChange(0, true);
  expect([position(), said()]).toEqual([4, 5]);
  await untilChange(7);
  expect([position(), said()]).toEqual([4, "no-change"]);
  await untilChange(7, true);
  expect(said()).toBe("no-earlier-change");
});

test("speed and register are kept on the device", async () => {
  chooseSpeed("30");
  chooseRegister(7);
  vi.resetModules();
  const anew = await import("./play.ts");
  expect(anew.usePlay.getState()).toMatchObject({ speed: "30", reg: 7, playing: false });
});
