// The solution of each built-in lesson, from the lesson's own file: what a student does, in order.
import { readdirSync, readFileSync } from "node:fs";
import type { Act } from "../engine/index.ts";
import { parseLesson } from "../web/lessons/parse.ts";

const FOLDER = new URL("../web/lessons/built-in/", import.meta.url);

function solutionOf(id: string): readonly Act[] {
  const parsed = parseLesson(id, readFileSync(new URL(`${id}.md`, FOLDER), "utf8"));
  if (!parsed.ok || !parsed.lesson.solution) throw new Error(`${id} says no solution`);
  return parsed.lesson.solution.acts;
}

export const SOLUTIONS: Readonly<Record<string, readonly Act[]>> = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => name.slice(0, -3))
    .map((id) => [id, solutionOf(id)]),
);
