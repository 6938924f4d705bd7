// How each built-in lesson is solved: what a student does, in order, as the lesson's own file says it.
import { readdirSync, readFileSync } from "node:fs";
import type { SolutionAct } from "../web/lessons/lesson.ts";
import { parseLesson } from "../web/lessons/parse.ts";

export type Action = Exclude<SolutionAct, { do: "write" }> | { readonly do: "write"; readonly source: string };

const FOLDER = new URL("../web/lessons/built-in/", import.meta.url);

function solutionOf(id: string): readonly Action[] {
  const parsed = parseLesson(id, readFileSync(new URL(`${id}.md`, FOLDER), "utf8"));
  if (!parsed.ok || !parsed.lesson.solution) throw new Error(`${id} says no solution`);
  const { acts, source } = parsed.lesson.solution;
  return acts.map((act) => (act.do === "write" ? { do: "write", source } : (act as Action)));
}

export const SOLUTIONS: Readonly<Record<string, readonly Action[]>> = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => name.slice(0, -3))
    .map((id) => [id, solutionOf(id)]),
);
