// Zooms and moves a picture that is larger than its place, with the browser's own scrolling: wheel and touch scroll as on any page, Ctrl
// and the wheel zoom around the pointer, dragging moves the picture. At first the picture fits.
import { type PointerEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Zoom {
  readonly scale: number;
  /** Size of the scrolled content, and the picture's position in it. */
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  /** Whether a part of the box is visible, or nearly. In units of the picture. */
  readonly sees: (box: Box) => boolean;
  /** Scrolls as little as needed to show the box. */
  readonly reveal: (box: Box) => void;
  readonly by: (factor: number) => void;
  readonly fit: () => void;
  readonly dragging: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
  };
}

const LEAST = 0.05;
const MOST = 2.5;
/** A picture that needs a smaller scale to fit is shown from its top instead. */
const READABLE = 0.6;

interface View {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** `picture`: its size. A new object is a new picture, which fits again if its size changed. */
export function useZoom(
  scroller: RefObject<HTMLElement | null>,
  picture: { readonly w: number; readonly h: number } | null,
  margin: number,
): Zoom {
  const w = picture?.w ?? 0;
  const h = picture?.h ?? 0;
  const [chosen, setChosen] = useState<number | null>(null);
  const [view, setView] = useState<View>({ x: 0, y: 0, w: 0, h: 0 });
  const natural = fitting(view, w, h, margin);
  const scale = chosen ?? natural;
  const width = Math.max(view.w, w * scale + 2 * margin);
  const height = Math.max(view.h, h * scale + 2 * margin);
  const left = (width - w * scale) / 2;
  const top = h * scale + 2 * margin < view.h ? Math.min((height - h * scale) / 2, 3 * margin) : margin;
  const now = useRef({ scale, left, top });
  now.current = { scale, left, top };
  /** A point of the picture that stays at a point of the screen while the scale changes. */
  const keep = useRef<{ px: number; py: number; sx: number; sy: number } | null>(null);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = (): void =>
      setView({ x: element.scrollLeft, y: element.scrollTop, w: element.clientWidth, h: element.clientHeight });
    let asked = 0;
    const soon = (): void => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(look);
    };
    look();
    const sizes = new ResizeObserver(soon);
    sizes.observe(element);
    element.addEventListener("scroll", soon, { passive: true });
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      zoomAt(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    const zoomAt = (factor: number, sx: number, sy: number): void => {
      const { scale, left, top } = now.current;
      keep.current = {
        px: (element.scrollLeft + sx - left) / scale,
        py: (element.scrollTop + sy - top) / scale,
        sx,
        sy,
      };
      setChosen(Math.min(MOST, Math.max(LEAST, scale * factor)));
    };
    zoomer.current = (factor) => zoomAt(factor, element.clientWidth / 2, element.clientHeight / 2);
    return () => {
      cancelAnimationFrame(asked);
      sizes.disconnect();
      element.removeEventListener("scroll", soon);
      element.removeEventListener("wheel", onWheel);
    };
  }, [scroller]);
  const zoomer = useRef<(factor: number) => void>(() => {});

  useLayoutEffect(() => {
    const element = scroller.current;
    const held = keep.current;
    keep.current = null;
    if (!element || !held) return;
    element.scrollLeft = held.px * scale + left - held.sx;
    element.scrollTop = held.py * scale + top - held.sy;
  }, [scale, left, top, scroller]);

  // Another program fits anew, and starts at its top, in the middle.
  // biome-ignore lint/correctness/useExhaustiveDependencies: w and h are the change that this waits for
  useLayoutEffect(() => {
    setChosen(null);
    const element = scroller.current;
    if (!element) return;
    element.scrollTop = 0;
    element.scrollLeft = (element.scrollWidth - element.clientWidth) / 2;
  }, [w, h, scroller]);

  const reveal = useCallback(
    (box: Box): void => {
      const element = scroller.current;
      if (!element) return;
      const { scale, left, top } = now.current;
      const [x, y] = [box.x * scale + left, box.y * scale + top];
      element.scrollLeft = shifted(element.scrollLeft, element.clientWidth, x, box.w * scale);
      element.scrollTop = shifted(element.scrollTop, element.clientHeight, y, box.h * scale);
    },
    [scroller],
  );

  const grip = useRef<{ id: number; x: number; y: number } | null>(null);
  return {
    scale,
    width,
    height,
    left,
    top,
    reveal,
    by: (factor) => zoomer.current(factor),
    fit: () => setChosen(Math.min(1, Math.max(LEAST, whole(view, w, h, margin)))),
    sees: (box) => {
      const near = 200;
      const [x, y] = [box.x * scale + left - view.x, box.y * scale + top - view.y];
      return x < view.w + near && x + box.w * scale > -near && y < view.h + near && y + box.h * scale > -near;
    },
    dragging: {
      onPointerDown(event) {
        const onBlock = event.target instanceof Element && event.target.closest("button") !== null;
        if (event.pointerType !== "mouse" || event.button !== 0 || onBlock) return;
        grip.current = { id: event.pointerId, x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove(event) {
        const held = grip.current;
        if (!held || held.id !== event.pointerId) return;
        event.currentTarget.scrollLeft -= event.clientX - held.x;
        event.currentTarget.scrollTop -= event.clientY - held.y;
        grip.current = { ...held, x: event.clientX, y: event.clientY };
      },
      onPointerUp() {
        grip.current = null;
      },
    },
  };
}

const whole = (view: View, w: number, h: number, margin: number): number =>
  view.w === 0 || w === 0 ? 1 : Math.min((view.w - 2 * margin) / w, (view.h - 2 * margin) / h);

/** The scale at which all fits if it is readable, else that for the width, else READABLE. */
function fitting(view: View, w: number, h: number, margin: number): number {
  const all = whole(view, w, h, margin);
  if (view.w === 0 || w === 0) return 1;
  if (all >= READABLE) return Math.min(1, all);
  const wide = (view.w - 2 * margin) / w;
  return Math.max(READABLE, Math.min(0.9, wide));
}

/** The scroll position at which [start, start + size) is visible: unchanged if it is visible already, else centred. */
function shifted(scroll: number, room: number, start: number, size: number): number {
  if (start >= scroll && start + size <= scroll + room) return scroll;
  return Math.max(0, start - Math.max(16, (room - size) / 2));
}
