// A scalar drawn twice: its range as a bar on a number line, and its tnum as bits. The run's value is a dot in the bar.
import type { BeliefView } from "../../../engine/index.ts";
import { useVerifierTexts } from "../../i18n/verifier.ts";

type Bounds = NonNullable<BeliefView["bounds"]>;

/** Ends of the line and of the bar. The line is the smallest usual range that contains the bar: 2^4 … 2^64, or signed. */
function lineOf({ umin, umax, smin, smax }: Bounds) {
  const signed = BigInt(smin) < 0n;
  const [low, high] = signed ? [BigInt(smin), BigInt(smax)] : [BigInt(umin), BigInt(umax)];
  const farthest = high > -low ? high : -low - 1n;
  const bits = [4n, 8n, 16n, 32n, 48n, 63n, 64n].find((n) => farthest < 1n << n) ?? 64n;
  const from = signed ? -(1n << bits) : 0n;
  const to = (1n << bits) - 1n;
  return { signed, low, high, from, to };
}

const WIDTH = 1000;

export function Drawing({ bounds, concrete }: { readonly bounds: Bounds; readonly concrete: string }) {
  const text = useVerifierTexts();
  const { signed, low, high, from, to } = lineOf(bounds);
  if (low === high) return null;
  const at = (value: bigint): number => Number(((value - from) * BigInt(WIDTH)) / (to - from));
  const value = concrete === "" ? undefined : BigInt(`0x${concrete}`);
  const dot = value === undefined ? undefined : signed ? BigInt.asIntN(64, value) : value;
  const inside = dot !== undefined && dot >= low && dot <= high;
  const width = Math.max(6, at(high) - at(low));
  return (
    <div className="drawing">
      <svg
        className="drawing__line"
        viewBox={`-8 0 ${WIDTH + 16} 24`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.visits.range(String(low), String(high), dot === undefined ? "" : String(dot))}
      >
        <line x1="0" y1="12" x2={WIDTH} y2="12" className="drawing__axis" />
        <rect x={Math.min(at(low), WIDTH - width)} y="6" width={width} height="12" className="drawing__bar" />
      </svg>
      {inside && (
        <span
          className="drawing__dot"
          style={{ left: `${(100 * (at(dot) + 8)) / (WIDTH + 16)}%` }}
          title={String(dot)}
        />
      )}
      <span className="drawing__ends" aria-hidden="true">
        <span>{String(low)}</span>
        <span>{String(high)}</span>
      </span>
      <Bits value={bounds.value} mask={bounds.mask} />
    </div>
  );
}

/** `?` stands for an unknown bit. Upper bytes that are known to be zero are left out. */
function Bits({ value, mask }: { readonly value: string; readonly mask: string }) {
  const text = useVerifierTexts();
  const known = BigInt(`0x${value}`);
  const unknown = BigInt(`0x${mask}`);
  if (unknown === (1n << 64n) - 1n) return <span className="drawing__bits hint">{text.visits.noBits}</span>;
  const bytes = Math.max(1, Math.ceil((known | unknown).toString(2).length / 8));
  const groups = Array.from({ length: bytes }, (_, i) => {
    const shift = BigInt(8 * (bytes - 1 - i));
    return Array.from({ length: 8 }, (_, j) => {
      const bit = 1n << (shift + BigInt(7 - j));
      return unknown & bit ? "?" : known & bit ? "1" : "0";
    }).join("");
  });
  const runs =
    groups.every((group) => group === "????????") && bytes > 2 ? [text.visits.unknownBits(8 * bytes)] : groups;
  return (
    <span className="drawing__bits">
      <span className="visually-hidden">{text.visits.bits}</span>
      {runs.join(" ")}
    </span>
  );
}
