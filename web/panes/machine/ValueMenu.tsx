// What can be done with a value: one menu for registers, stack rows and map values. Opened on the value's name, with the right button or
// the menu key.
import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from "react";
import { create } from "zustand";
import { useMachineTexts } from "../../i18n/machine.ts";
import { NUMBER_BASES, type NumberBase } from "../../stores/page/settings.ts";
import { toggleWatch, useBreakpoints, type Watch } from "../../stores/run/breakpoints.ts";
import { lastWrite, type Target, untilChange } from "../../stores/run/travel.ts";
import { formatValue } from "./format.ts";
import { chooseBase, chosenBase } from "./numbers.ts";

export interface Value {
  /** `R3`, `fp-8`, `counts[0]` */
  readonly name: string;
  /** Big-endian hex. */
  readonly hex: string;
  readonly target: Target;
}

interface Open {
  readonly value: Value;
  readonly x: number;
  readonly y: number;
  readonly from: HTMLElement | null;
}

const useMenu = create<{ readonly open: Open | null }>()(() => ({ open: null }));

/** Handlers for the element that shows a value's name. */
export function menuOf(value: Value) {
  const open = (element: HTMLElement, x: number, y: number): void =>
    useMenu.setState({ open: { value, x, y, from: element } });
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

const watchOf = ({ name, target }: Value): Watch => ({ name, ...target });

export function ValueMenu() {
  const open = useMenu((s) => s.open);
  return open && <Menu key={open.value.name} open={open} />;
}

const WIDTH = 240;
const HEIGHT = 300;

function Menu({ open }: { readonly open: Open }) {
  const words = useMachineTexts();
  const { value, x, y, from } = open;
  const menu = useRef<HTMLDivElement>(null);
  const watched = useBreakpoints((s) => s.watches.some(({ name }) => name === value.name));
  const own = chosenBase(value.name);
  const { target } = value;
  useEffect(() => {
    menu.current?.querySelector<HTMLElement>("button")?.focus();
    const away = (event: Event): void => {
      if (event.target instanceof Node && menu.current?.contains(event.target)) return;
      useMenu.setState({ open: null });
    };
    window.addEventListener("pointerdown", away, true);
    window.addEventListener("blur", away);
    return () => {
      window.removeEventListener("pointerdown", away, true);
      window.removeEventListener("blur", away);
    };
  }, []);
  const close = (): void => {
    useMenu.setState({ open: null });
    from?.focus();
  };
  const choose = (act: () => void) => () => {
    close();
    act();
  };
  const item = (label: string, act: () => void) => (
    <button type="button" role="menuitem" className="value-menu__one" tabIndex={-1} onClick={choose(act)}>
      {label}
    </button>
  );
  const show = (base: NumberBase | undefined, label: string) => (
    <button
      key={label}
      type="button"
      role="menuitemradio"
      aria-checked={own === base}
      className="value-menu__one"
      tabIndex={-1}
      onClick={choose(() => chooseBase(value.name, base))}
    >
      {label}
    </button>
  );
  return (
    <div
      ref={menu}
      role="menu"
      tabIndex={-1}
      className="value-menu"
      aria-label={words.value.menu(value.name)}
      style={{ left: Math.min(x, innerWidth - WIDTH - 8), top: Math.max(8, Math.min(y, innerHeight - HEIGHT - 8)) }}
      onKeyDown={(event) => keys(event, menu.current, close)}
    >
      {item(words.value.lastWrite, () => void lastWrite(value.target))}
      {"reg" in target && item(words.value.nextChange, () => void untilChange(target.reg))}
      {item(watched ? words.value.unwatch : words.value.watch, () => toggleWatch(watchOf(value)))}
      {item(words.value.copy, () => void navigator.clipboard?.writeText(formatValue(value.hex, own ?? "hex")))}
      <div role="none" className="value-menu__title">
        {words.value.show}
      </div>
      {show(undefined, words.value.asSetting)}
      {NUMBER_BASES.map((base) => show(base, words.base[base]))}
    </div>
  );
}

function keys(event: KeyboardEvent, menu: HTMLElement | null, close: () => void): void {
  const items = [...(menu?.querySelectorAll<HTMLElement>("button") ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to: Readonly<Record<string, number>> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  if (event.key === "Escape" || event.key === "Tab") close();
  else if (to[event.key] === undefined) return;
  else items[to[event.key] as number]?.focus();
  event.preventDefault();
  event.stopPropagation();
}
