// Which kernel load, attach, echo and cat go to: the simulated one, or a real one in an emulator (web/linux/stage.ts).
import { create } from "zustand";

export type Stage = "simulated" | "real";

export const useStage = create<{ readonly stage: Stage }>()(() => ({ stage: "simulated" }));

export const stage = Object.assign((): Stage => useStage.getState().stage, {
  set: (stage: Stage): void => useStage.setState({ stage }),
});
