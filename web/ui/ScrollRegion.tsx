// A named region that scrolls, and that the keyboard can reach and scroll.
import type { ComponentPropsWithRef } from "react";

type Props = ComponentPropsWithRef<"section"> & { readonly "aria-label": string };

export function ScrollRegion(props: Props) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: without a stop the keyboard could not scroll it (axe: scrollable-region-focusable)
  return <section tabIndex={0} {...props} />;
}
