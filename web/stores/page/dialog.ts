// Which sheet is open, if any.
import { create } from "zustand";

export type Dialog =
  | "share"
  | "keys"
  | "palette"
  | "files"
  | "gallery"
  | "lesson-file"
  | "answers"
  | "object"
  | "compare"
  | "print";

export const useDialog = create<{ readonly open: Dialog | null }>()(() => ({ open: null }));
export const openDialog = (open: Dialog): void => useDialog.setState({ open });
export const isOpen = (dialog: Dialog): boolean => useDialog.getState().open === dialog;
export const closeDialog = (): void => useDialog.setState({ open: null });
export const toggleDialog = (dialog: Dialog): void =>
  useDialog.setState((s) => ({ open: s.open === dialog ? null : dialog }));
