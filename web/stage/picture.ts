// The properties that every picture gets.
import type { Picture } from "../lessons/scene.ts";
import type { Frame } from "./film.ts";
import type { Area } from "./fit.ts";

export interface PictureProps {
  readonly picture: Picture;
  readonly frame: Frame;
  /** Room for the picture, and height of the stage, both in pixels. */
  readonly area: Area;
  readonly stageHeight: number;
}
