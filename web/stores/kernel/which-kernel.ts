// Which kernel load, attach, echo and cat go to: the simulated one, or a real one in an emulator (web/linux/real-kernel.ts).
import { create } from "zustand";

export type WhichKernel = "simulated" | "real";

interface Which {
  readonly which: WhichKernel;
  /** Of the real kernel; "": the simulated one says its own. */
  readonly release: string;
}
export const useWhichKernel = create<Which>()(() => ({ which: "simulated", release: "" }));

export const whichKernel = (): WhichKernel => useWhichKernel.getState().which;
export const setWhichKernel = (which: WhichKernel, release = ""): void => useWhichKernel.setState({ which, release });
