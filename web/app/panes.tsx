// The four panes, each made once: an arrangement only says where it stands. Each lives in an element of its own that is
// carried from place to place, so that a view chosen in it, its undo and its scrolling survive a change of layout.
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
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
  return [hosts, PANES.map((pane) => createPortal(MAKE[pane], hosts[pane], pane))];
}

/** What moving an element in the document takes from it: the focus, and how far its parts are scrolled. */
let carried: { readonly focus: HTMLElement | null; readonly scrolled: readonly (readonly [Element, number])[] } | null =
  null;

/** The place where a pane stands now. */
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
      // Others of the same change are laid out by then.
      queueMicrotask(() => {
        carried = null;
      });
    };
  }, [host]);
  return <div ref={place} className="pane-place" />;
}
