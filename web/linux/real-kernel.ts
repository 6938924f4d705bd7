// Load, attach, echo, cat and detach on the real 6.1, for the buttons that otherwise act on the simulation. The answers go into the
// same store, so the page shows them in the same places. Meanwhile the simulation's state is kept aside.
import { OREORE_DEFINITION, type SyscallRecord } from "../../engine/index.ts";
import { answered, engine } from "../stores/engine.ts";
import { hookPath, type KernelState, NOTHING_LOADED, useKernel } from "../stores/kernel/kernel.ts";
import { setWhichKernel, whichKernel } from "../stores/kernel/which-kernel.ts";
import { programInput, useProgram } from "../stores/program/program.ts";
import { noteCalls } from "../stores/run/result.ts";
import * as realCalls from "./calls.ts";
import type { RealMachine } from "./client.ts";
import { manifestOf } from "./files.ts";
import { chooseKernel, onMachineLost, runningMachine, withMachine } from "./store.ts";

type SwitchedState = Pick<KernelState, keyof typeof NOTHING_LOADED | "kernel">;
/** State of the kernel that is not shown now. */
let hiddenState: SwitchedState | undefined;

const shownState = (): SwitchedState => {
  const { fd, loaded, calls, lastCalls, output, kernel } = useKernel.getState();
  return { fd, loaded, calls, lastCalls, output, kernel };
};

/** Switches to the real kernel. The machine starts with the first call. */
export async function goReal(): Promise<void> {
  if (whichKernel() === "real") return;
  await chooseKernel("oreore-6.1");
  const simulated = shownState();
  setWhichKernel("real", manifestOf("oreore-6.1").version);
  useKernel.setState({ ...NOTHING_LOADED, kernel: detached(simulated.kernel) });
  hiddenState = simulated;
  if (!isOwnType(useKernel.getState())) void runningMachine();
}

export function goSimulated(): void {
  if (whichKernel() === "simulated") return;
  setWhichKernel("simulated");
  if (hiddenState) useKernel.setState(hiddenState);
  hiddenState = undefined;
}

const detached = (kernel: KernelState["kernel"]): KernelState["kernel"] =>
  kernel && { ...kernel, maps: [], attachments: kernel.attachments.map((one) => ({ ...one, progId: 0 })) };

// A machine that was ended or reset has nothing loaded.
onMachineLost(() => {
  if (whichKernel() === "real") useKernel.setState((s) => ({ fd: -1, loaded: null, kernel: detached(s.kernel) }));
});

/** false: they are not listed, as the simulated kernel is shown again. */
async function listCalls(records: readonly SyscallRecord[]): Promise<boolean> {
  const views = await answered(
    engine().api.tools.callViews(records, (useKernel.getState().calls.at(-1)?.seq ?? 0) + 1),
  );
  if (whichKernel() !== "real") return false;
  if (!views) return true;
  useKernel.setState(({ calls }) => ({ calls: [...calls, ...views], lastCalls: views }));
  noteCalls(views);
  return true;
}

/**
 * Does something on the machine and lists its system calls. undefined: no kernel here has the program type, the program is too large,
 * there is no machine, or it was ended or reset meanwhile: the pane says which. Or the reader went back to the simulated kernel, whose
 * state the answer must not change.
 */
async function callMachine(
  act: (machine: RealMachine) => Promise<realCalls.RealCallResult | undefined>,
): Promise<realCalls.RealCallResult | undefined> {
  if (isOwnType(useKernel.getState()) || whichKernel() !== "real") return undefined;
  await chooseKernel("oreore-6.1");
  if (whichKernel() !== "real") return undefined;
  const called = await withMachine(act);
  if (!called || whichKernel() !== "real") return undefined;
  return (await listCalls(called.records)) ? called : undefined;
}

/** Whether the reader defined the program type. No real kernel here has it, so the pane offers the take-home instead. */
export const isOwnType = ({ definition }: Pick<KernelState, "definition">): boolean => definition !== null;

// The functions below are called one at a time: stores/kernel/kernel.ts queues what the reader presses.
export async function load(): Promise<boolean> {
  const program = programInput(useProgram.getState());
  const real = await answered(engine().api.tools.realProgram(program));
  if (!real) return false;
  const called = await callMachine((machine) => realCalls.load(machine, real));
  if (!called || called.ret < 0) return false;
  loadedAttachType = real.attachType;
  useKernel.setState({ fd: called.ret, loaded: program });
  return true;
}

/** Attach type of the program loaded last, and of the program attached last. */
let loadedAttachType: number = OREORE_DEFINITION.attach.id;
let attachedType = loadedAttachType;

export async function attach(): Promise<boolean> {
  const { fd } = useKernel.getState();
  const attachType = loadedAttachType;
  const called = await callMachine((machine) => realCalls.attach(machine, fd, attachType));
  if (!called || called.ret < 0) return false;
  attachedType = attachType;
  showAttached(true);
  return true;
}

export async function detach(): Promise<void> {
  const attachType = attachedType;
  const called = await callMachine((machine) => realCalls.detach(machine, attachType));
  if (called && called.ret >= 0) showAttached(false);
}

function showAttached(attached: boolean): void {
  useKernel.setState(({ kernel }) => ({
    kernel: kernel && {
      ...kernel,
      attachments: kernel.attachments.map((one) => ({ ...one, progId: attached ? 1 : 0 })),
    },
  }));
}

export const write = (input: string): Promise<void> =>
  callFile("write", (machine, path) => realCalls.echo(machine, path, input));

export const read = (): Promise<void> => callFile("read", realCalls.cat);

async function callFile(
  from: "read" | "write",
  act: (machine: RealMachine, path: string) => ReturnType<typeof realCalls.cat>,
): Promise<void> {
  const path = hookPath(useKernel.getState());
  const called = await callMachine((machine) => act(machine, path));
  if (!called) return;
  const { lastCalls } = useKernel.getState();
  const refused = lastCalls.find(({ errno }) => errno !== 0);
  const text = refused ? refused.errnoName : from === "read" ? new TextDecoder().decode(called.bytes) : "";
  useKernel.setState({ output: { text, failed: refused !== undefined, from, shellMessage: "" } });
}
