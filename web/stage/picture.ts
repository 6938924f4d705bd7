// What every picture is given.
import type { Picture } from "../lessons/scene.ts";
import type { Frame } from "./film.ts";
import type { Area } from "./fit.ts";

export interface PictureProps {
  readonly picture: Picture;
  readonly frame: Frame;
  /** Room of the picture, and height of the stage, in pixels. */
  readonly area: Area;
  readonly stage: number;
}
