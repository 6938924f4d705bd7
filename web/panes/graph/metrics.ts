// The sizes of a block's text. graph.css draws it with the same sizes.
import type { FlowMetrics } from "../../../engine/index.ts";

export const METRICS: FlowMetrics = {
  charWidth: 7.2,
  lineHeight: 18,
  head: 22,
  padX: 10,
  padY: 6,
  maxChars: 46,
  maxLines: 9,
};
