// Load, attach, echo, cat and detach on the real 6.1, for the same buttons as the simulation's: what comes back goes into the
// same store, so that the page shows it where it always does. The simulation's own state is put aside meanwhile.
import { isCutOff, type SyscallRecord, type SyscallView } from "../../engine/index.ts";
import { answered, engine } from "../stores/engine.ts";
import { hookPath, type KernelState, useKernel } from "../stores/kernel/kernel.ts";
import { setWhichKernel, whichKernel } from "../stores/kernel/which-kernel.ts";
import { programInput, useProgram } from "../stores/program/program.ts";
import { noteCalls } from "../stores/run/result.ts";
import type { RealMachine } from "./client.ts";
import { chooseKernel, machine, onMachineLost, withMachine } from "./store.ts";

/** Where `loader` on the console finds the page's program. */
const PROGRAM_FILE = "/root/program";

type Shown = Pick<KernelState, "fd" | "loadedRevision" | "calls" | "lastCalls" | "output" | "kernel">;
const EMPTY = { fd: -1, loadedRevision: -1, calls: [], lastCalls: [], output: null } as const;
/** The other side's, while this one is shown. */
let aside: Shown | undefined;

const shown = (): Shown => {
  const { fd, loadedRevision, calls, lastCalls, output, kernel } = useKernel.getState();
  return { fd, loadedRevision, calls, lastCalls, output, kernel };
};

/** Goes to the real kernel; the machine starts with the first call. */
export async function goReal(): Promise<void> {
  if (whichKernel() === "real") return;
  await chooseKernel("oreore-6.1");
  const simulated = shown();
  setWhichKernel("real");
  useKernel.setState({ ...EMPTY, kernel: detached(simulated.kernel) });
  aside = simulated;
  void machine();
}

export function goSimulated(): void {
  if (whichKernel() === "simulated") return;
  setWhichKernel("simulated");
  if (aside) useKernel.setState(aside);
  aside = undefined;
}

const detached = (kernel: KernelState["kernel"]): KernelState["kernel"] =>
  kernel && { ...kernel, maps: [], attachments: kernel.attachments.map((one) => ({ ...one, progId: 0 })) };

// A machine that is gone, or back in its saved state, has nothing loaded.
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

const result = (ret: number): { ret: number; errno: number } => ({ ret: Math.max(-1, ret), errno: Math.max(0, -ret) });

/** undefined: no machine, or it was ended meanwhile; the pane says why. */
async function on<T>(act: (machine: RealMachine) => Promise<T>): Promise<T | undefined> {
  await chooseKernel("oreore-6.1");
  return withMachine(act);
}

/** A definition of the reader's own has no kernel here: the pane says so, and offers the take-home. */
export const isOwnType = ({ definition }: Pick<KernelState, "definition">): boolean => definition !== null;

// What the reader presses comes here in its turn (stores/kernel/kernel.ts).
export async function load(): Promise<boolean> {
  if (isOwnType(useKernel.getState())) return false;
  const program = useProgram.getState();
  const real = await answered(engine().api.tools.realProgram(programInput(program)));
  if (!real) return false;
  const answer = await on(async (machine) => {
    await machine.write(PROGRAM_FILE, real.program.insns, true);
    return machine.load(real.program, { logLevel: 2 });
  });
  if (!answer || isCutOff(answer)) return false;
  const results = [...answer.maps, ...(answer.maps.some((fd) => fd < 0) ? [] : [answer.fd ?? -answer.errno])];
  const failed = results.findIndex((ret) => ret < 0);
  const made = failed < 0 ? results : results.slice(0, failed + 1);
  const cause = answer.log === "" ? {} : { cause: { check: "verifier" } as const };
  await list(made.map((ret, i) => ({ ...(real.calls[i] as SyscallView), ...result(ret), ...(ret < 0 && cause) })));
  if (answer.fd === undefined) return false;
  loadedFor = real.attachType;
  useKernel.setState({ fd: answer.fd, loadedRevision: program.revision });
  return true;
}

const BPF_OREORE_ATTACH = 44;
/** Of the program loaded last, and of the one attached last. */
let loadedFor = BPF_OREORE_ATTACH;
let attachedAs = BPF_OREORE_ATTACH;

export async function attach(): Promise<boolean> {
  const { fd } = useKernel.getState();
  const attachType = loadedFor;
  const ret = await on((machine) => machine.attach(fd, attachType));
  if (typeof ret !== "number") return false;
  await list([{ call: "prog-attach", targetFd: 0, attachBpfFd: fd, attachType, attachFlags: 0, ...result(ret) }]);
  if (ret < 0) return false;
  attachedAs = attachType;
  showAttached(true);
  return true;
}

export async function detach(): Promise<void> {
  const attachType = attachedAs;
  const ret = await on((machine) => machine.detach(attachType));
  if (typeof ret !== "number") return;
  await list([{ call: "prog-detach", targetFd: 0, attachBpfFd: 0, attachType, attachFlags: 0, ...result(ret) }]);
  if (ret >= 0) showAttached(false);
}

function showAttached(attached: boolean): void {
  useKernel.setState(({ kernel }) => ({
    kernel: kernel && {
      ...kernel,
      attachments: kernel.attachments.map((one) => ({ ...one, progId: attached ? 1 : 0 })),
    },
  }));
}

export async function write(input: string): Promise<void> {
  const data = new TextEncoder().encode(`${input}\n`);
  await file("write", (machine, path) => machine.write(path, data, false), data);
}

export const read = (): Promise<void> => file("read", (machine, path) => machine.read(path), new Uint8Array());

const O_WRONLY = 1;
const PAGE = 4096;
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function file(
  from: "read" | "write",
  act: (machine: RealMachine, path: string) => ReturnType<RealMachine["read"]>,
  data: Uint8Array,
): Promise<void> {
  const path = hookPath(useKernel.getState());
  const answer = await on((machine) => act(machine, path));
  if (!answer || isCutOff(answer)) return;
  const { fd, ret, bytes } = answer;
  const open: SyscallRecord = { call: "openat", path, flags: from === "write" ? O_WRONLY : 0, ...result(fd) };
  const call: SyscallRecord =
    from === "write"
      ? { call: "write", fd, path, data: hex(data), ...result(ret) }
      : { call: "read", fd, path, data: hex(bytes), count: PAGE, ...result(ret) };
  const close: SyscallRecord = { call: "close", fd, path, ret: 0, errno: 0 };
  await list(fd < 0 ? [open] : [open, call, close]);
  const { lastCalls } = useKernel.getState();
  const refused = lastCalls.find(({ errno }) => errno !== 0);
  const text = refused ? refused.errnoName : from === "read" ? new TextDecoder().decode(bytes) : "";
  useKernel.setState({ output: { text, failed: refused !== undefined, from, said: "" } });
}
