// Decides whether two pictures show the same. They are compared square by square: how bright a square is in each colour (mean) and how
// much is drawn in it (deviation). These are the first two terms of SSIM (Wang et al. 2004). The third term, which compares single
// pixels, is left out on purpose: another version of Chromium smooths edges in another way, and another typeface draws the same words
// with other strokes. If something moved, changed colour, is cut off or is missing, the mean or the deviation changes.
import type { Page } from "@playwright/test";

/** Side of a square in pixels. It is about the height of a line of text. */
const SQUARE = 16;
/** How far a square may have moved, in pixels. Words in another typeface move what follows them. */
const REACH = 4;
/** Smallest difference between the means of a colour that counts, on a scale of 0 … 255. */
const MEAN = 12;
/** Smallest difference between the deviations of a colour that counts, on a scale of 0 … 255. */
const DEVIATION = 25;

export interface Comparison {
  /** Number of squares that differ. */
  readonly differ: number;
  /** Number of all squares. */
  readonly squares: number;
  /** The actual picture with red frames around the squares that differ: a PNG in base64. */
  readonly marked: string;
}

/** Compares two PNGs. A page of the browser under test decodes them. `undefined`: their sizes differ. */
export async function compare(page: Page, expected: Buffer, actual: Buffer): Promise<Comparison | undefined> {
  return page.evaluate(compareInPage, {
    urls: [expected, actual].map((png) => `data:image/png;base64,${png.toString("base64")}`),
    side: SQUARE,
    reach: REACH,
    limits: [MEAN, DEVIATION] as const,
  });
}

interface Asked {
  readonly urls: readonly string[];
  readonly side: number;
  readonly reach: number;
  readonly limits: readonly [mean: number, deviation: number];
}

async function compareInPage({ urls, side, reach, limits }: Asked): Promise<Comparison | undefined> {
  const [expected, actual] = (await Promise.all(
    urls.map(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
      context.drawImage(image, 0, 0);
      const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
      return { canvas, context, data, width, height };
    }),
  )) as [Drawn, Drawn];
  interface Drawn {
    readonly canvas: OffscreenCanvas;
    readonly context: OffscreenCanvasRenderingContext2D;
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
  }
  const { width, height } = actual;
  if (expected.width !== width || expected.height !== height) return undefined;

  /** Means and deviations of red, green and blue in the square whose corner is (x, y). */
  const look = ({ data }: Drawn, x: number, y: number): readonly number[] => {
    const sum = [0, 0, 0];
    const squared = [0, 0, 0];
    const right = Math.min(x + side, width);
    const bottom = Math.min(y + side, height);
    for (let row = y; row < bottom; row++)
      for (let at = (row * width + x) * 4; at < (row * width + right) * 4; at += 4)
        for (let color = 0; color < 3; color++) {
          const value = data[at + color] as number;
          (sum[color] as number) += value;
          (squared[color] as number) += value * value;
        }
    const count = (right - x) * (bottom - y);
    const means = sum.map((all) => all / count);
    const deviations = squared.map((all, i) => Math.sqrt(Math.max(0, all / count - (means[i] as number) ** 2)));
    return [...means, ...deviations];
  };
  const same = (one: readonly number[], other: readonly number[]): boolean =>
    one.every((value, i) => Math.abs(value - (other[i] as number)) < limits[i < 3 ? 0 : 1]);

  let squares = 0;
  const differing: (readonly [x: number, y: number])[] = [];
  for (let y = 0; y < height; y += side)
    for (let x = 0; x < width; x += side) {
      squares++;
      const here = look(actual, x, y);
      let found = same(here, look(expected, x, y));
      // Nearest places first. A moved square must lie inside the picture.
      for (let far = 1; far <= reach && !found; far++)
        for (const [dx, dy] of [
          [far, 0],
          [-far, 0],
          [0, far],
          [0, -far],
        ] as const)
          if (x + dx >= 0 && y + dy >= 0 && x + dx + side <= width && y + dy + side <= height)
            found ||= same(here, look(expected, x + dx, y + dy));
      if (!found) differing.push([x, y]);
    }
  actual.context.strokeStyle = "red";
  for (const [x, y] of differing) actual.context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
  const blob = await actual.canvas.convertToBlob({ type: "image/png" });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { differ: differing.length, squares, marked: btoa(text) };
}
