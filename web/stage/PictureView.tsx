// The component that draws each kind of picture.
import type { ReactNode } from "react";
import type { PictureKind } from "../lessons/scene.ts";
import type { PictureProps } from "./picture.ts";
import { CodePicture, ListingPicture, LogPicture, ProgramPicture } from "./pictures/Code.tsx";
import { ContextPicture } from "./pictures/Context.tsx";
import { MachinePicture } from "./pictures/Machine.tsx";
import { MapsPicture, PacketPicture } from "./pictures/Memory.tsx";
import { PartsPicture } from "./pictures/Parts.tsx";
import { TerminalPicture } from "./pictures/Terminal.tsx";
import {
  FilesPicture,
  QuestionPicture,
  RecipePicture,
  TitlePicture,
  TypesPicture,
  WordsPicture,
} from "./pictures/Words.tsx";
import { useArea } from "./useArea.ts";

const PICTURES: Readonly<Record<PictureKind, (props: PictureProps) => ReactNode>> = {
  title: TitlePicture,
  words: WordsPicture,
  recipe: RecipePicture,
  types: TypesPicture,
  program: ProgramPicture,
  machine: MachinePicture,
  log: LogPicture,
  parts: PartsPicture,
  terminal: TerminalPicture,
  code: CodePicture,
  context: ContextPicture,
  question: QuestionPicture,
  files: FilesPicture,
  listing: ListingPicture,
  maps: MapsPicture,
  packet: PacketPicture,
};

export function PictureView({ picture, frame, stageHeight }: Omit<PictureProps, "area">) {
  const { ref, area } = useArea<HTMLDivElement>();
  const Draw = PICTURES[picture.kind];
  return (
    <div ref={ref} className={`picture picture--${picture.kind}`} data-picture={picture.kind}>
      {area.height > 0 && <Draw picture={picture} frame={frame} area={area} stageHeight={stageHeight} />}
    </div>
  );
}
