// Pictures made of code: the program with its bytes, the verifier's log, a listing, one piece of a step's code.
import type { Tokens } from "marked";
import { textOf } from "../../lessons/index.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { lineOfSlot } from "../../stores/program/lines.ts";
import { isComment } from "../film.ts";
import { CODE_SIZE, columns, LETTER_WIDTH, LINE_HEIGHT, withoutTabs } from "../fit.ts";
import type { PictureProps } from "../picture.ts";
import { useStageText } from "../useStageText.ts";
import { pieceOf, type World } from "../world.ts";
import { type Line, Lines } from "./Lines.tsx";

/** `at`: number of the line in the source, from 1. */
type SourceLine = Line & { readonly at: number };

/** The source as lines, without empty lines at its end. The first line that contains `mark` is marked. If none does, all of `fresh` are. */
export function sourceLines({ program }: World, mark: string, fresh: readonly string[] = []): readonly SourceLine[] {
  const lines = program.source.replace(/\n+$/, "").split("\n");
  const marked = mark === "" ? -1 : lines.findIndex((line) => line.includes(mark));
  return lines.map((text, i) => ({
    text,
    at: i + 1,
    marked: marked >= 0 ? i === marked : fresh.includes(text),
    ...(isComment(text) && { kind: "comment" as const }),
  }));
}

export function ProgramPicture({ frame, area, stageHeight }: PictureProps) {
  const { world, shown } = frame;
  const two = frame.scene.fill.length > 1;
  // Beside another picture there is room for instructions only.
  const lines = sourceLines(world, shown.mark, shown.addedLines).filter(
    ({ kind, text }) => !two || (kind !== "comment" && text.trim() !== ""),
  );
  const { check } = world;
  const refusedLine = check.verdict === "reject" ? lineOfSlot(check, check.messageSlot) : 0;
  const refused = two ? lines.findIndex(({ at }) => at === refusedLine) : -1;
  // The bytes of an instruction stand beside its line if all lines fit that way at the least size. Otherwise they stand below
  // their lines, if all fit that way. A longer program is shown without bytes.
  const bytes = new Map<number, string>();
  for (const { span, hex } of check.slots) if (span) bytes.set(span.line, (hex.match(/../g) ?? []).join(" "));
  const longest = Math.max(...lines.map(({ text }) => columns(withoutTabs(text))));
  const widest = Math.max(0, ...[...bytes.values()].map(columns));
  const beside =
    (longest + widest + 3) * LETTER_WIDTH * CODE_SIZE.least * stageHeight < area.width - 0.06 * stageHeight;
  const below =
    (lines.length + bytes.size) * LINE_HEIGHT * CODE_SIZE.least * stageHeight < area.height - 0.06 * stageHeight;
  const all = lines.flatMap((line, i): readonly Line[] => {
    const hex = two || (!beside && !below) ? undefined : bytes.get(line.at);
    if (hex === undefined) return [i === refused ? { ...line, refused: true } : line];
    const text = withoutTabs(line.text);
    if (beside) return [{ ...line, text: text + " ".repeat(longest + 3 - columns(text)) + hex }];
    return [line, { text: `    ${hex}`, kind: "keep", marked: line.marked ?? false }];
  });
  return <Lines lines={all} area={area} stageHeight={stageHeight} lookAt={Math.max(0, refused)} />;
}

export function LogPicture({ frame, area, stageHeight }: PictureProps) {
  const text = useStageText();
  const { world, shown } = frame;
  const { check } = world;
  const lines = (check.log === "" ? check.message : check.log).replace(/\n+$/, "").split("\n");
  const own = frame.lesson.scenes.length > 0;
  // In a scene that no author wrote, the line that states the refusal is marked.
  const line = own ? -1 : check.messageLine;
  const marked = shown.mark === "" ? line : lines.findIndex((one) => one.includes(shown.mark));
  return (
    <Lines
      lines={lines.map((line, i) => ({ text: line, marked: i === marked }))}
      lookAt={check.verdict === "accept" ? lines.length - 1 : check.messageLine}
      area={area}
      stageHeight={stageHeight}
      title={`verifier: ${text.verdict[check.verdict]}${check.errnoName && ` (-${check.errnoName})`}`}
    />
  );
}

/** The first code block in the text of the point. */
export function ListingPicture({ frame, area, stageHeight }: PictureProps) {
  const language = useSettings((s) => s.language);
  const { scene, lesson, shown } = frame;
  const point = textOf(lesson, language)?.points[scene.point - 1];
  const code = point?.kind === "text" ? point.tokens.find(({ type }) => type === "code") : undefined;
  if (!code) return null;
  const lines = (code as Tokens.Code).text.split("\n");
  const marked = shown.mark === "" ? -1 : lines.findIndex((line) => line.includes(shown.mark));
  return (
    <Lines lines={lines.map((text, i) => ({ text, marked: i === marked }))} area={area} stageHeight={stageHeight} />
  );
}

export function CodePicture({ picture, frame, area, stageHeight }: PictureProps) {
  const text = useStageText();
  const { shown, material } = frame;
  if (picture.kind !== "code") return null;
  const { step, name } = shown.piece ?? picture.piece;
  const found = pieceOf(material.code, step, name);
  if (!found) return null;
  const { file, piece } = found;
  const { before, added, after } = piece;
  const kept = before.length + after.length > 0;
  const lines: Line[] = [
    ...before.map((line): Line => ({ text: line, kind: "keep" })),
    ...added.map((line): Line => ({ text: line, ...(kept && { kind: "add" }) })),
    ...after.map((line): Line => ({ text: line, kind: "keep" })),
  ];
  const marked = shown.mark === "" ? -1 : lines.findIndex((line) => line.text.includes(shown.mark));
  return (
    <Lines
      key={`${step} ${name}`}
      lines={lines.map((line, i) => ({ ...line, marked: i === marked }))}
      area={area}
      stageHeight={stageHeight}
      title={text.file(file.path, piece.line)}
    />
  );
}
