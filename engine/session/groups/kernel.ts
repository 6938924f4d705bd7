// The simulated kernel as the page works with it: load, attach, files, maps, the shell, its program type and the steps of the recipe.
import { latin1, utf8Encode } from "../../base/bytes.ts";
import { ERRNO } from "../../facts/errno.ts";
import type { ProgType } from "../../facts/types.ts";
import { OREORE } from "../../kernel/definition.ts";
import { readDefinition } from "../../kernel/definition-input.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Process } from "../../kernel/process.ts";
import { RELEASE, Registry, type Steps } from "../../kernel/registry.ts";
import { O_CREAT, O_TRUNC, O_WRONLY } from "../../kernel/syscall.ts";
import { catError, readAll, redirectError, writeAll, writeError } from "../../kernel/whole-file.ts";
import { CPUS, defaultEnv, type Env } from "../../vm/index.ts";
import type { KernelApi } from "../api.ts";
import { assembleInput, checkedOf } from "../check/check.ts";
import { loadWithLog } from "../check/load.ts";
import { kernelView } from "../kernel/kernel-view.ts";
import { makeCalls, presentProcess, reboot, runningKernel } from "../kernel/running-kernel.ts";
import { bytesOf, eventKind, firstInput } from "../run/input.ts";
import { lastCheckOf, progressWatcher, type RunningKernel, type SessionState } from "../state.ts";
import type { CheckView } from "../views/check.ts";
import type { HelloView, ProgTypeView } from "../views/kernel.ts";
import type { ProgramInput } from "../views/program.ts";
import type { EnvironmentInput } from "../views/run.ts";

export function createKernel(state: SessionState): KernelApi {
  const now = (): RunningKernel => runningKernel(state);
  const hello = (): HelloView => ({
    release: RELEASE,
    progTypes: state.registry.progTypes().map((type) => progTypeView(state.registry, type)),
    kernel: kernelView(now().kernel),
  });

  return {
    hello,

    load(program) {
      // The log is known to be too long, so only the result is asked for.
      const resultOnly = lastCheckOf(state, program)?.view.logBrief ?? false;
      let check: CheckView | undefined;
      const outcome = makeCalls(state, (process) => {
        const loaded = load(state, process, program, resultOnly);
        if (loaded.ret >= 0) now().lastProgFd = loaded.ret;
        check = loaded.check;
        return loaded.ret;
      });
      return { ...outcome, check: check as CheckView };
    },
    attach: (fd = now().lastProgFd, attachType = attachTypeOf(now().kernel, fd)) =>
      makeCalls(state, (process) => process.progAttach({ attachBpfFd: fd, attachType })),
    detach: (attachType = state.registry.definition.type.attach.id) =>
      makeCalls(state, (process) => process.progDetach({ attachType })),
    close: (fd) =>
      makeCalls(state, (process, now) => {
        if (fd === now.lastProgFd) now.lastProgFd = -1;
        return process.close(fd);
      }),

    writeFile(path, data) {
      let terminal = "";
      const outcome = makeCalls(state, (process) => {
        const written = write(process, path, data);
        terminal = written.terminal;
        return written.ret;
      });
      return { ...outcome, data: "", terminal, run: now().requestRun };
    },
    readFile(path) {
      let found = { ret: 0, data: "", terminal: "" };
      const outcome = makeCalls(state, (process) => {
        found = read(process, path);
        return found.ret;
      });
      return { ...outcome, data: found.data, terminal: found.terminal, run: null };
    },
    testRun(fd, event) {
      const dataIn = event.kind === "packet" ? bytesOf(event.hex) : new Uint8Array();
      const outcome = makeCalls(state, (process) => process.testRun(fd, { dataIn }).ret);
      return { ...outcome, run: now().requestRun };
    },

    updateMap: (fd, key, value, flags) =>
      makeCalls(state, (process) => process.mapUpdate(fd, bytesOf(key), bytesOf(value), flags)),
    deleteMap: (fd, key) => makeCalls(state, (process) => process.mapDelete(fd, bytesOf(key))),

    async shell(line) {
      const { runShell } = await import("../../kernel/shell.ts");
      let output = "";
      const outcome = makeCalls(state, (process) => {
        const result = runShell(process, line);
        output = result.output;
        return result.status;
      });
      return { ...outcome, output, status: outcome.ret, run: now().requestRun };
    },
    async completeShell(line) {
      const { completions } = await import("../../kernel/shell.ts");
      return completions(presentProcess(state), line);
    },

    patch(step, applied) {
      const { definition, steps } = state.registry;
      const patched = steps.map((on, i) => (i === step - 1 ? applied : on)) as unknown as Steps;
      return reboot(state, new Registry(definition, patched));
    },
    define(input) {
      const found = input === null ? { ok: true as const, definition: OREORE } : readDefinition(input);
      const outcome = found.ok
        ? reboot(state, new Registry(found.definition, state.registry.steps))
        : makeCalls(state, () => -ERRNO.EINVAL);
      return { ...outcome, hello: hello() };
    },
    restart(seed) {
      state.seed = BigInt.asUintN(64, BigInt(Math.trunc(seed) || 0));
      return reboot(state, state.registry).kernel;
    },
    setEnvironment(environment) {
      const next = now();
      next.environment = environmentOf(environment);
      next.kernel.env = defaultEnv(next.environment);
    },
  };
}

/** The attach type for the program behind a descriptor. */
function attachTypeOf(kernel: Kernel, fd: number): number {
  const prog = kernel.fds.get(fd);
  return prog?.kind === "prog"
    ? kernel.attachTypeFor(prog.type.name, prog.expectedAttachType)
    : kernel.definition.type.attach.id;
}

/** `ret`: a descriptor, or -errno of the call that failed. */
function load(
  state: SessionState,
  process: Process,
  input: ProgramInput,
  resultOnly: boolean,
): { readonly ret: number; readonly check: CheckView } {
  const { kernel } = process;
  const assembled = assembleInput(kernel, input);
  const loaded = assembled.assembly.ok
    ? loadWithLog(process, assembled.program, { now: state.now, watch: () => progressWatcher(state), resultOnly })
    : undefined;
  const ret = loaded?.ret ?? -ERRNO.EINVAL;
  const prog = kernel.fds.get(ret);
  if (prog?.kind === "prog") runningKernel(state).slotsOfProg.set(prog, assembled.slots);
  return { ret, check: checkedOf(assembled, loaded, -1).view };
}

/** One write of a shell's builtin echo: opens the file, writes until all is taken or refused, and closes it. */
function write(process: Process, path: string, data: string): { readonly ret: number; readonly terminal: string } {
  const fd = process.open(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (fd < 0) return { ret: fd, terminal: redirectError(path, fd) };
  const bytes = utf8Encode(data);
  const error = writeAll(process, fd, bytes);
  process.close(fd);
  return error < 0 ? { ret: error, terminal: writeError("echo", error) } : { ret: bytes.length, terminal: "" };
}

/** Reads a file as cat does. */
function read(process: Process, path: string) {
  const { error, bytes } = readAll(process, path);
  const data = latin1(bytes);
  return error < 0 ? { ret: error, data, terminal: catError(path, error) } : { ret: data.length, data, terminal: data };
}

/** Numbers out of range are brought into range. */
const environmentOf = ({ seed, cpu, bootTime, sockets }: EnvironmentInput): Partial<Env> => ({
  seed: BigInt(Math.trunc(seed) >>> 0),
  cpu: Math.min(CPUS - 1, Math.max(0, Math.trunc(cpu) || 0)),
  sockets: sockets ?? false,
  ...(bootTime !== undefined && bootTime >= 0 && { bootTime: BigInt(Math.trunc(bootTime)) }),
});

const progTypeView = (registry: Registry, type: ProgType): ProgTypeView => ({
  id: type.id,
  name: type.name,
  constant: `BPF_PROG_TYPE_${type.name.toUpperCase()}`,
  ctxStruct: type.ctxStruct,
  notSimulated: type.notSimulated,
  event: eventKind(registry, type),
  firstInput: firstInput(registry, type),
  attachTypes: registry.attachTypes(type).map((id) => ({ id, name: registry.attachTypeName(id) ?? "" })),
  attachUnsaid: registry.attachTypeIfNoneGiven(type.name),
  attachNeeded: type.attachTypes?.includes(registry.attachTypeIfNoneGiven(type.name)) === false,
});
