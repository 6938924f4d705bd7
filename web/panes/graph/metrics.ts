// The sizes of a block's text, which graph.css draws with the same sizes, and from which scale on it is drawn.
import type { FlowMetrics } from "../../../engine/index.ts";

export const METRICS: FlowMetrics = {
  charWidth: 7.2,
  lineHeight: 18,
  head: 22,
  padX: 10,
  padY: 6,
  maxChars: 46,
  maxLines: 9,
  // "99,999 instructions more" in the page's typeface.
  leftChars: 21,
};

/** Below this scale the text cannot be read, so it is not drawn. */
export const FAR = 0.42;
