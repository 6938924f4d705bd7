// What programs see of random numbers and CPU: the seed and the CPU's number. The same values give the same run.
import { create } from "zustand";
import { answered, engine } from "../engine.ts";

export interface EnvironmentState {
  /** 0 … 2^32 - 1 */
  readonly seed: number;
  /** 0 … CPUS - 1 */
  readonly cpu: number;
  /** Whether a socket look-up succeeds. Any other change of the environment sets it to false. */
  readonly sockets: boolean;
}

export const CPUS = 4;
const START: EnvironmentState = { seed: 1, cpu: 0, sockets: false };

export const useEnvironment = create<EnvironmentState>()(() => START);
const { getState: get, setState: set } = useEnvironment;

/** Numbers out of range are brought into range. */
export async function setEnvironment(change: Partial<EnvironmentState>): Promise<void> {
  const { seed, cpu, sockets } = { ...get(), sockets: false, ...change };
  const next = { seed: Math.trunc(seed) >>> 0, cpu: Math.min(CPUS - 1, Math.max(0, Math.trunc(cpu) || 0)), sockets };
  const done = answered(engine().api.kernel.setEnvironment(next));
  set(next); // before the wait: the next change is made to this one
  await done;
}

export const newSeed = (): Promise<void> =>
  setEnvironment({ seed: crypto.getRandomValues(new Uint32Array(1))[0] as number });

/** For a link: only values that differ from the start. */
export function environmentForLink(): Partial<EnvironmentState> {
  const { seed, cpu } = get();
  return { ...(seed !== START.seed && { seed }), ...(cpu !== START.cpu && { cpu }) };
}

/** Takes the values of a link. Missing ones are as at the start. */
export const openEnvironment = (from: Partial<EnvironmentState>): Promise<void> =>
  setEnvironment({ ...START, ...from });
