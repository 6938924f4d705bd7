// How large the text of a block is; graph.css draws it so.
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
