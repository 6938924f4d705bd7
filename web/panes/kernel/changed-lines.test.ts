// Which lines are marked in the code beside the form.
import { expect, test } from "vitest";
import { changedLines } from "./changed-lines.ts";

test.each([
  ["nothing where both are the same", "a\nb", "a\nb", []],
  ["a line that came", "a\nc", "a\nb\nc", [1]],
  ["a line that is another one now", "a\nb\nc", "a\nx\nc", [1]],
  ["nothing where a line went", "a\nb\nc", "a\nc", []],
  ["no hunk header", "@@ -1,2 +1,3 @@\n a", "@@ -1,2 +1,4 @@\n a\n+b", [2]],
])("%s", (_, before, now, lines) => {
  expect([...changedLines(before, now)]).toEqual(lines);
});
