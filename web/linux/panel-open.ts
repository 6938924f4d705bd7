// Whether the panel of the real Linux is open in the verifier's pane, and a request to ask at once. This small file is part of the
// first load. The rest of the panel is loaded when it is needed.
import { create } from "zustand";

export const useRealPanel = create<{ readonly open: boolean; readonly asked: number }>()(() => ({
  open: false,
  asked: 0,
}));

/** Opens the panel and asks. */
export const askRealLinux = (): void => useRealPanel.setState(({ asked }) => ({ open: true, asked: asked + 1 }));
export const closeRealPanel = (): void => useRealPanel.setState({ open: false });
