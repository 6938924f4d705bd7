// Numbers and counted words as the page's sentences show them. Both languages group digits by commas.

/**
 * A number with its digits grouped, and at most three of them behind the point: 1,000,000, 0.125. A small whole number needs no grouping, so
 * the browser's formatter is not asked: it takes tens of milliseconds to start, and what is seen first shows small numbers only.
 */
export const formatNumber = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1000 ? String(value) : value.toLocaleString("en");

/** A count with its English word: "1 byte", "1,024 bytes". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`;
