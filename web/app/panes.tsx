// The panes, each made once. An arrangement only says where each is placed. Each has an element of its own that is moved from place to
// place, so that a chosen view, undo and scrolling survive a change of layout.
import { type ReactNode, startTransition, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { EditorPane } from "../panes/editor/EditorPane.tsx";
import { KernelPane } from "../panes/kernel/KernelPane.tsx";
import { MachinePane } from "../panes/machine/MachinePane.tsx";
import { VerifierPane } from "../panes/verifier/VerifierPane.tsx";
import { PANES, type Pane } from "../stores/page/layout.ts";

export type Hosts = Readonly<Record<Pane, HTMLElement>>;

const MAKE: Readonly<Record<Pane, ReactNode>> = {
  editor: <EditorPane />,
  verifier: <VerifierPane />,
  machine: <MachinePane />,
  kernel: <KernelPane />,
};

export function useHosts(): readonly [Hosts, ReactNode] {
  const [hosts] = useState(
    () =>
      Object.fromEntries(
        PANES.map((pane) => {
          const host = document.createElement("div");
          host.className = "pane-host";
          return [pane, host];
        }),
      ) as unknown as Hosts,
  );
  const count = useDrawnCount();
  return [hosts, PANES.slice(0, count).map((pane) => createPortal(MAKE[pane], hosts[pane], pane))];
}

/** How many panes are drawn: the program at first, then one more in each task, so that a key or a touch in between need not wait for all. */
function useDrawnCount(): number {
  const [count, setCount] = useState(1);
  useEffect(() => {
    if (count === PANES.length) return;
    const timer = setTimeout(() => startTransition(() => setCount(count + 1)));
    return () => clearTimeout(timer);
  }, [count]);
  return count;
}

/** What an element loses when it is moved in the document: the focus, and the scroll positions of its parts. */
let carried: { readonly focus: HTMLElement | null; readonly scrolled: readonly (readonly [Element, number])[] } | null =
  null;

/** The current place of a pane. */
export function Place({ host }: { readonly host: HTMLElement }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = place;
    current?.append(host);
    for (const [element, top] of carried?.scrolled ?? []) if (host.contains(element)) element.scrollTop = top;
    if (carried?.focus && host.contains(carried.focus)) carried.focus.focus({ preventScroll: true });
    return () => {
      const focus = document.activeElement;
      carried = {
        focus: focus instanceof HTMLElement && host.contains(focus) ? focus : (carried?.focus ?? null),
        scrolled: [
          ...(carried?.scrolled.filter(([element]) => !host.contains(element)) ?? []),
          ...[...host.querySelectorAll("*")]
            .filter((element) => element.scrollTop > 0)
            .map((element) => [element, element.scrollTop] as const),
        ],
      };
      // By then the other places of the same change are laid out.
      queueMicrotask(() => {
        carried = null;
      });
    };
  }, [host]);
  return <div ref={place} className="pane-place" />;
}
