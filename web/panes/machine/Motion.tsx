// Animates a value: from memory to the register that a load fills, from a register to memory, from register to register. Short, and only
// for single steps forward. Off if the reader wants no motion.
import { useEffect, useRef } from "react";
import type { StepView } from "../../../engine/index.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { seenStep, useMachine } from "../../stores/run/machine.ts";
import { formatValue } from "./format.ts";

const MS = 260;
/** Steps that follow faster than this (ms) are not animated: the eye could not follow. */
const LEAST_PAUSE = 180;

export function Motion() {
  const layer = useRef<HTMLDivElement>(null);
  const motion = useSettings((s) => s.motion);
  useEffect(() => {
    if (!motion) return;
    let last = 0;
    return useMachine.subscribe((now, before) => {
      if (now.view === before.view || !now.view || now.run !== before.run) return;
      const quick = performance.now() - last < LEAST_PAUSE;
      last = performance.now();
      if (quick || now.position !== before.position + 1 || matchMedia("(prefers-reduced-motion: reduce)").matches)
        return;
      const ways = valueMovesOf(seenStep(before.position), now.view);
      // In the next frame the elements have this step's places.
      requestAnimationFrame(() => {
        for (const way of ways) travel(layer.current, way);
      });
    });
  }, [motion]);
  return <div ref={layer} className="motion" aria-hidden="true" />;
}

interface ValueMove {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

const register = (n: number): string => `[data-testid="reg-r${n}"]`;
const place = (address: string): string => `[data-place="${address}"]`;
const bits = (mask: number): number[] => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((n) => (mask >> n) & 1);
/** Address of the row of eight bytes that contains an address. */
const rowOf = (address: string): string => (BigInt(`0x${address}`) & ~7n).toString(16).padStart(16, "0");

/** Found from what the instruction was about to touch, and what it wrote. */
function valueMovesOf(before: StepView | undefined, now: StepView): ValueMove[] {
  if (!before || before.prog !== now.prog || now.call) return [];
  const written = bits(now.written);
  const to = written[0];
  const { access } = before;
  if (access?.read && to !== undefined)
    return [{ from: place(rowOf(access.address)), to: register(to), text: formatValue(now.regs[to] ?? "0", "hex") }];
  if (access?.write) {
    const source = bits(before.reads).at(-1) ?? 0;
    const stored = now.memory[0]?.new ?? "";
    return stored === "" ? [] : [{ from: register(source), to: place(rowOf(access.address)), text: stored }];
  }
  if (to === undefined || written.length > 1) return [];
  return bits(before.reads)
    .filter((n) => n !== to)
    .map((n) => ({ from: register(n), to: register(to), text: formatValue(before.regs[n] ?? "0", "hex") }));
}

function travel(layer: HTMLElement | null, { from, to, text }: ValueMove): void {
  const pane = layer?.parentElement;
  const start = pane?.querySelector(from)?.getBoundingClientRect();
  const end = pane?.querySelector(to)?.getBoundingClientRect();
  if (!layer || !pane || !start || !end) return;
  const origin = pane.getBoundingClientRect();
  const inside = ({ top, bottom }: DOMRect): boolean => top >= origin.top && bottom <= origin.bottom;
  if (!inside(start) || !inside(end)) return;
  const chip = document.createElement("code");
  chip.className = "motion__chip";
  chip.textContent = text.length > 20 ? `${text.slice(0, 19)}…` : text;
  layer.append(chip);
  const at = (rect: DOMRect): string =>
    `translate(${rect.right - origin.left - chip.offsetWidth - 14}px, ${rect.top - origin.top}px)`;
  const played = chip.animate(
    [
      { transform: at(start), opacity: 0 },
      { transform: at(start), opacity: 1, offset: 0.15 },
      { transform: at(end), opacity: 1, offset: 0.85 },
      { transform: at(end), opacity: 0 },
    ],
    { duration: MS, easing: "ease-in-out" },
  );
  played.onfinish = () => chip.remove();
  played.oncancel = () => chip.remove();
}
