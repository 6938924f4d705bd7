// Which lines are marked in the code beside the form.
import { expect, test } from "vitest";
import { changedLines } from "./changed-lines.ts";

test.each([
  ["equal texts have no changed line", "a\nb", "a\nb", []],
  ["a new line", "a\nc", "a\nb\nc", [1]],
  ["a changed line", "a\nb\nc", "a\nx\nc", [1]],
  ["a removed line marks nothing", "a\nb\nc", "a\nc", []],
  ["a hunk header is never marked", "@@ -1,2 +1,3 @@\n a", "@@ -1,2 +1,4 @@\n a\n+b", [2]],
])("%s", (_, before, now, lines) => {
  expect([...changedLines(before, now)]).toEqual(lines);
});
