// After how many runs compiling has paid off, and the axes of the charts that show it.

/** Nanoseconds of one run in each way, and of compiling. */
export interface Costs {
  readonly interp: number;
  readonly compiled: number;
  readonly compiling: number;
}

/** The least number of runs that take less time compiled than interpreted, including compiling. Infinity: there is none. */
export function breakEven({ interp, compiled, compiling }: Costs): number {
  return compiled < interp ? Math.floor(compiling / (interp - compiled)) + 1 : Number.POSITIVE_INFINITY;
}

/** About five round numbers from 0 up. The last is at or above `max`. */
export function ticks(max: number): readonly number[] {
  const rough = Math.max(max, Number.MIN_VALUE) / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5, 10].find((n) => n * unit >= rough * 0.999) ?? 10);
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Powers of ten from at or below `min` to at or above `max`. */
export function decades(min: number, max: number): readonly number[] {
  const from = Math.floor(Math.log10(min) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(Math.log10(max) - 1e-9));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}
