// Whether the panel of the real Linux stands in the verifier's pane, and a request to ask at once. Small, in the shell; all
// else of it comes when it is asked for.
import { create } from "zustand";

export const useRealPanel = create<{ readonly open: boolean; readonly asked: number }>()(() => ({
  open: false,
  asked: 0,
}));

/** Opens the panel and asks. */
export const askRealLinux = (): void => useRealPanel.setState(({ asked }) => ({ open: true, asked: asked + 1 }));
export const closeRealPanel = (): void => useRealPanel.setState({ open: false });
