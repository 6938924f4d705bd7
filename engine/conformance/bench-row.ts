// One figure of `npm run bench`.
export interface Row {
  readonly name: string;
  readonly unit: string;
  /** Whether a higher or a lower figure is better. */
  readonly better: "more" | "less";
  readonly measure: () => number;
  /** Text that is printed beside the figure. */
  readonly note?: (value: number) => Promise<string>;
}
