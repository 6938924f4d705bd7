import { expect, test } from "vitest";
import { stageTexts } from "../i18n/stage.ts";
import { loadLesson } from "../lessons/index.ts";
import { partOfSlides } from "./caption.ts";

test("several scenes about one slide are numbered", async () => {
  const parsed = await loadLesson(1);
  if (!parsed?.ok) throw new Error("lesson 1");
  const { scenes } = parsed.lesson;
  const about = scenes.filter(({ slides }) => slides.join() === "3");
  expect(about.map((scene) => partOfSlides(scene, scenes))).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(stageTexts("en").slides("3", 2, 2)).toBe("slide 3, 2 of 2");
  expect(stageTexts("ja").slides("3", 2, 2)).toBe("スライド 3(2/2)");
  expect(stageTexts("en").slides("25-27,31", 1, 1)).toBe("slide 25–27,31");
});
