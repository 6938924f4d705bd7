// What lies in memory: elements of the running kernel's maps, the bytes of a packet before and after a run.
import type { MapView } from "../../../engine/index.ts";
import type { PictureProps } from "../picture.ts";
import { useStageText } from "../useStageText.ts";
import { type Line, Lines } from "./Lines.tsx";

/** Elements of one map that have room. */
const MOST_ELEMENTS = 6;

export function MapsPicture({ frame, area, stage }: PictureProps) {
  const text = useStageText();
  const { kernel } = frame.world;
  // A program that is loaded again has maps of its own: the last of a name is its.
  const maps = kernel.maps.filter((map, i) => kernel.maps.findLastIndex(({ name }) => name === map.name) === i);
  const lines: readonly Line[] = maps.flatMap((map) => [
    { text: `${map.name}  ${map.type}`, kind: "comment" as const },
    ...elementsOf(map, text.noElements),
  ]);
  const shown = lines.length > 0 ? lines : [{ text: text.noMaps, kind: "comment" as const }];
  return <Lines lines={shown} area={area} stage={stage} />;
}

function elementsOf({ entries, keySize, type }: MapView, none: string): readonly Line[] {
  const written = type === "array" ? entries : entries.filter(({ values }) => values.length > 0);
  if (written.length === 0) return [{ text: `  ${none}`, kind: "keep" }];
  return written.slice(0, MOST_ELEMENTS).map(({ key, values }) => ({
    text: `  [${keySize > 8 ? key : valueText(key)}] = ${values.map(valueText).join(" | ")}`,
    marked: values.some((value) => /[1-9a-f]/.test(value)),
  }));
}

/** A number where it is as wide as one, else bytes. */
const valueText = (hex: string): string =>
  hex.length === 8 || hex.length === 16
    ? String(BigInt(`0x${hex.match(/../g)?.reverse().join("") ?? "0"}`))
    : bytesOf(hex);

const bytesOf = (hex: string): string => (hex.match(/../g) ?? []).join(" ");

/** Bytes in a row. */
const ROW = 16;

export function PacketPicture({ frame, area, stage }: PictureProps) {
  const text = useStageText();
  const { packet, run } = frame.world;
  const before = rowsOf(packet);
  const out = run?.out ?? "";
  const after = rowsOf(out);
  const changed = out !== "" && out !== packet;
  const lines: Line[] = [
    { text: text.packetIn(packet.length / 2), kind: "comment" },
    ...before.map((row): Line => ({ text: `  ${row}` })),
    ...(changed
      ? [
          { text: text.packetOut, kind: "comment" as const },
          ...after.map((row, i): Line => ({ text: `  ${row}`, marked: row !== before[i] })),
        ]
      : []),
  ];
  return <Lines lines={packet === "" ? [] : lines} area={area} stage={stage} />;
}

const rowsOf = (hex: string): readonly string[] =>
  (hex.match(new RegExp(`.{1,${2 * ROW}}`, "g")) ?? []).map((row) => bytesOf(row));
