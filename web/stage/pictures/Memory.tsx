// What is in memory: the elements of the running kernel's maps, and the bytes of a packet before and after a run.
import type { MapView } from "../../../engine/index.ts";
import { keyText, valueText } from "../elements.ts";
import type { PictureProps } from "../picture.ts";
import { useStageText } from "../useStageText.ts";
import { type Line, Lines } from "./Lines.tsx";

/** Most elements of one map that are shown. */
const MOST_ELEMENTS = 6;

export function MapsPicture({ frame, area, stageHeight }: PictureProps) {
  const text = useStageText();
  const { kernel } = frame.world;
  // Each load of a program makes new maps. Only the newest map of each name is shown.
  const maps = kernel.maps.filter((map, i) => kernel.maps.findLastIndex(({ name }) => name === map.name) === i);
  const lines: readonly Line[] = maps.flatMap((map) => [
    { text: `${map.name}  ${map.type}`, kind: "comment" as const },
    ...elementsOf(map, text.noElements),
  ]);
  const shown = lines.length > 0 ? lines : [{ text: text.noMaps, kind: "comment" as const }];
  return <Lines lines={shown} area={area} stageHeight={stageHeight} />;
}

function elementsOf({ entries, type }: MapView, none: string): readonly Line[] {
  const written = entries.filter(({ values }) => values.length > 0);
  if (written.length === 0) return [{ text: `  ${none}`, kind: "keep" }];
  return written.slice(0, MOST_ELEMENTS).map(({ key, values }) => ({
    text: `  [${keyText(type, key)}] = ${values.map(valueText).join(" | ")}`,
    marked: values.some((value) => /[1-9a-f]/.test(value)),
  }));
}

/** Bytes per row. */
const ROW_BYTES = 16;

export function PacketPicture({ frame, area, stageHeight }: PictureProps) {
  const text = useStageText();
  const { packet, run } = frame.world;
  const out = run?.out ?? "";
  const title = (words: string): Line => ({ text: words, kind: "comment" });
  if (packet === "") return <Lines lines={[title(text.noPacket)]} area={area} stageHeight={stageHeight} />;
  const changed = out === "" || out === packet ? [] : [title(text.packetOut), ...rowsOf(out, packet)];
  const lines = [title(text.packetIn(packet.length / 2)), ...rowsOf(packet, packet), ...changed];
  return <Lines lines={lines} area={area} stageHeight={stageHeight} />;
}

/** Sixteen bytes per row. Bytes that differ from `before` are marked. */
function rowsOf(hex: string, before: string): readonly Line[] {
  const bytes = hex.match(/../g) ?? [];
  const was = before.match(/../g) ?? [];
  return Array.from({ length: Math.ceil(bytes.length / ROW_BYTES) }, (_, row): Line => {
    const at = row * ROW_BYTES;
    const own = bytes.slice(at, at + ROW_BYTES);
    const parts = own.flatMap((byte, i) => [
      { text: i === 0 ? "  " : " ", marked: false },
      { text: byte, marked: byte !== was[at + i] },
    ]);
    return { text: `  ${own.join(" ")}`, parts };
  });
}
