// Which value's menu is open, and the handlers that open it. The menu itself is loaded at its first use.
import type { MouseEvent } from "react";
import { create } from "zustand";
import type { Target } from "../../stores/run/travel.ts";

export interface Value {
  /** `R3`, `fp-8`, `counts[0]` */
  readonly name: string;
  /** Big-endian hex. */
  readonly hex: string;
  readonly target: Target;
}

export interface OpenMenu {
  readonly value: Value;
  /** Where the menu begins, in pixels of the window. */
  readonly x: number;
  readonly y: number;
  /** The element that gets the focus back. */
  readonly from: HTMLElement;
}

export const useValueMenu = create<{ readonly open: OpenMenu | null }>()(() => ({ open: null }));

/** Handlers for the element that shows a value's name. */
export function menuOf(value: Value) {
  const open = (from: HTMLElement, x: number, y: number): void =>
    useValueMenu.setState({ open: { value, x, y, from } });
  return {
    "aria-haspopup": "menu" as const,
    onClick: ({ currentTarget }: MouseEvent<HTMLElement>): void => {
      const { left, bottom } = currentTarget.getBoundingClientRect();
      open(currentTarget, left, bottom + 2);
    },
    onContextMenu: (event: MouseEvent<HTMLElement>): void => {
      event.preventDefault();
      const { left, bottom } = event.currentTarget.getBoundingClientRect();
      // The menu key has no position of its own.
      open(event.currentTarget, event.clientX || left, event.clientY || bottom);
    },
  };
}
