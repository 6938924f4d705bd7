// The size of an element in pixels, kept up to date. It is zero before the element is drawn.
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import type { Area } from "./fit.ts";

export function useArea<Element extends HTMLElement>(): {
  readonly ref: RefObject<Element | null>;
  readonly area: Area;
} {
  const ref = useRef<Element>(null);
  const [area, setArea] = useState<Area>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      setArea((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, area };
}
