// The stores without a browser: an engine in the same thread behind the worker's protocol, and the page's own acts upon them.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Cancelled, connect, createSession, localWorker, type Remote } from "../../engine/index.ts";

/** What the stores take from a browser: an address without a fragment, storage that is not allowed. */
vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });

const { startEngine, engine } = await import("./engine.ts");
const { chooseType, choosePreset, defineOwn, hookPath, loadPresets, progTypeView, runAll, startKernel, useKernel, write, load } =
  await import("./kernel.ts");
const { followVerdict, moveTo, useMachine } = await import("./machine.ts");
const { editInput, editSource, openProgram, useProgram } = await import("./program.ts");
const { followProgram, freshCheck, useVerdict } = await import("./verdict.ts");
const { openState } = await import("../links/open.ts");

const PLUS42 =
  "BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),\nBPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),\nBPF_EXIT_INSN(),\n";
const RETURN = (n: number): string => `BPF_MOV64_IMM(BPF_REG_0, ${n}),\nBPF_EXIT_INSN(),\n`;
const PASS = { source: RETURN(2), progType: "xdp", maps: [] };
const OREORE = { source: PLUS42, progType: "oreore", maps: [] };

/** What was asked since the test began, and a way to hold answers back. */
let asked: string[] = [];
let deaf = false;

/** Behind each worker a session of its own, as on the page. */
function session(): Remote {
  const real = createSession();
  return Object.fromEntries(
    Object.entries(real).map(([group, methods]) => [
      group,
      new Proxy(methods, {
        get: (of, name) => {
          asked.push(`${group}.${String(name)}`);
          return Reflect.get(of, name);
        },
      }),
    ]),
  ) as unknown as Remote;
}

startEngine((told) =>
  connect({
    spawn: () =>
      localWorker(session(), { copy: structuredClone, later: (call) => setTimeout(call, 0), deaf: () => deaf }),
    ...told,
  }),
);
followProgram();
followVerdict();
await startKernel();

beforeEach(async () => {
  deaf = false;
  await loadPresets();
  if (useKernel.getState().preset !== "oreore") await choosePreset("oreore");
  openProgram({ ...OREORE, input: "10" }, {});
  await freshCheck();
  asked = [];
});
afterEach(() => vi.useRealTimers());

test("the check follows the text, and only the newest text is kept waiting", async () => {
  for (const n of [1, 2, 3, 4]) editSource(RETURN(n));
  const check = await freshCheck();
  expect(check?.revision).toBe(useProgram.getState().revision);
  expect(check?.slots[0]?.text).toBe("r0 = 4");
  expect(asked.filter((method) => method === "check.check")).toHaveLength(2);
});
