// Which kernel load, attach, echo and cat go to: the simulated one, or a real one in an emulator (web/linux/real-kernel.ts).
import { create } from "zustand";

export type WhichKernel = "simulated" | "real";

export const useWhichKernel = create<{ readonly which: WhichKernel }>()(() => ({ which: "simulated" }));

export const whichKernel = (): WhichKernel => useWhichKernel.getState().which;
export const setWhichKernel = (which: WhichKernel): void => useWhichKernel.setState({ which });
