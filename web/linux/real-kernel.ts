// Load, attach, echo, cat and detach on the real 6.1, for the buttons that otherwise act on the simulation. The answers go into the
// same store, so the page shows them in the same places. Meanwhile the simulation's state is kept aside.
import { OREORE_DEFINITION, type SyscallRecord } from "../../engine/index.ts";
import { answered, engine } from "../stores/engine.ts";
import { hookPath, type KernelState, useKernel } from "../stores/kernel/kernel.ts";
import { setWhichKernel, whichKernel } from "../stores/kernel/which-kernel.ts";
import { programInput, useProgram } from "../stores/program/program.ts";
import { noteCalls } from "../stores/run/result.ts";
import * as made from "./calls.ts";
import type { RealMachine } from "./client.ts";
import { about } from "./files.ts";
import { chooseKernel, machine, onMachineLost, withMachine } from "./store.ts";

type Shown = Pick<KernelState, "fd" | "loadedRevision" | "calls" | "lastCalls" | "output" | "kernel">;
const EMPTY = { fd: -1, loadedRevision: -1, calls: [], lastCalls: [], output: null } as const;
/** State of the kernel that is not shown now. */
let aside: Shown | undefined;

const shown = (): Shown => {
  const { fd, loadedRevision, calls, lastCalls, output, kernel } = useKernel.getState();
  return { fd, loadedRevision, calls, lastCalls, output, kernel };
};

/** Switches to the real kernel. The machine starts with the first call. */
export async function goReal(): Promise<void> {
  if (whichKernel() === "real") return;
  await chooseKernel("oreore-6.1");
  const simulated = shown();
  setWhichKernel("real", about("oreore-6.1").version);
  useKernel.setState({ ...EMPTY, kernel: detached(simulated.kernel) });
  aside = simulated;
  if (!isOwnType(useKernel.getState())) void machine();
}

export function goSimulated(): void {
  if (whichKernel() === "simulated") return;
  setWhichKernel("simulated");
  if (aside) useKernel.setState(aside);
  aside = undefined;
}

const detached = (kernel: KernelState["kernel"]): KernelState["kernel"] =>
  kernel && { ...kernel, maps: [], attachments: kernel.attachments.map((one) => ({ ...one, progId: 0 })) };

// A machine that was ended or reset has nothing loaded.
onMachineLost(() => {
  if (whichKernel() === "real") useKernel.setState((s) => ({ fd: -1, loadedRevision: -1, kernel: detached(s.kernel) }));
});

async function list(records: readonly SyscallRecord[]): Promise<void> {
  const { calls } = useKernel.getState();
  const views = await answered(engine().api.tools.callViews(records, (calls.at(-1)?.seq ?? 0) + 1));
  if (!views) return;
  useKernel.setState({ calls: [...calls, ...views], lastCalls: views });
  noteCalls(views);
}

/**
 * Does something on the machine and lists its system calls. undefined: no kernel here has the program type, there is no machine, or it
 * was ended or reset meanwhile. The pane says which.
 */
async function on(act: (machine: RealMachine) => Promise<made.Made | undefined>): Promise<made.Made | undefined> {
  if (isOwnType(useKernel.getState())) return undefined;
  await chooseKernel("oreore-6.1");
  const called = await withMachine(act);
  if (called) await list(called.records);
  return called;
}

/** Whether the reader defined the program type. No real kernel here has it, so the pane offers the take-home instead. */
export const isOwnType = ({ definition }: Pick<KernelState, "definition">): boolean => definition !== null;

// The functions below are called one at a time: stores/kernel/kernel.ts queues what the reader presses.
export async function load(): Promise<boolean> {
  const program = useProgram.getState();
  const real = await answered(engine().api.tools.realProgram(programInput(program)));
  if (!real) return false;
  const called = await on((machine) => made.load(machine, real));
  if (!called || called.ret < 0) return false;
  loadedFor = real.attachType;
  useKernel.setState({ fd: called.ret, loadedRevision: program.revision });
  return true;
}

/** Attach type of the program loaded last, and of the program attached last. */
let loadedFor: number = OREORE_DEFINITION.attach.id;
let attachedAs = loadedFor;

export async function attach(): Promise<boolean> {
  const { fd } = useKernel.getState();
  const attachType = loadedFor;
  const called = await on((machine) => made.attach(machine, fd, attachType));
  if (!called || called.ret < 0) return false;
  attachedAs = attachType;
  showAttached(true);
  return true;
}

export async function detach(): Promise<void> {
  const attachType = attachedAs;
  const called = await on((machine) => made.detach(machine, attachType));
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
  file("write", (machine, path) => made.echo(machine, path, input));

export const read = (): Promise<void> => file("read", made.cat);

async function file(
  from: "read" | "write",
  act: (machine: RealMachine, path: string) => ReturnType<typeof made.cat>,
): Promise<void> {
  const path = hookPath(useKernel.getState());
  const called = await on((machine) => act(machine, path));
  if (!called) return;
  const { lastCalls } = useKernel.getState();
  const refused = lastCalls.find(({ errno }) => errno !== 0);
  const text = refused ? refused.errnoName : from === "read" ? new TextDecoder().decode(called.bytes) : "";
  useKernel.setState({ output: { text, failed: refused !== undefined, from, said: "" } });
}
