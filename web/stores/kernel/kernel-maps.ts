// Sets and deletes elements of the running kernel's maps with bpf(2), as bpftool does.
import { create } from "zustand";
import type { Act, CallOutcome, SyscallView } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";
import { noteOutcome, useKernel } from "./kernel.ts";

/** The last call that the reader made here, and the map's descriptor. */
export const useMapCalls = create<{ readonly last: { readonly fd: number; readonly call: SyscallView } | null }>()(
  () => ({
    last: null,
  }),
);

export const updateElement = (fd: number, key: string, value: string): Promise<boolean> =>
  noteMapCall(fd, engine().api.kernel.updateMap(fd, key, value, 0), { do: "update", map: nameOf(fd), key, value });

export const deleteElement = (fd: number, key: string): Promise<boolean> =>
  noteMapCall(fd, engine().api.kernel.deleteMap(fd, key), { do: "delete", map: nameOf(fd), key });

const nameOf = (fd: number): string => useKernel.getState().kernel?.maps.find((map) => map.fd === fd)?.name ?? "";

async function noteMapCall(fd: number, asked: Promise<CallOutcome>, act: Act): Promise<boolean> {
  const outcome = await answered(asked);
  if (!outcome) return false;
  noteOutcome(outcome, act);
  const call = outcome.calls.at(-1);
  useMapCalls.setState({ last: call ? { fd, call } : null });
  return outcome.ret >= 0;
}
