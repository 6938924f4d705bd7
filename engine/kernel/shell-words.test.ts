import { expect, test } from "vitest";
import { parseLine } from "./shell-words.ts";

/** Each command as [when it runs, words, `> file`] (the first and the last only if needed), or the error message. */
const read = (line: string): unknown => {
  const parsed = parseLine(line);
  if (!parsed.ok) return parsed.message;
  return parsed.commands.map(({ words, to, when }) => [
    ...(when === "always" ? [] : [when]),
    words.join("|"),
    ...(to ? [`${to.append ? ">>" : ">"} ${to.path}`] : []),
  ]);
};

test.each([
  ["echo 10 > /sys/oreore/bpf", [["echo|10", "> /sys/oreore/bpf"]]],
  ["echo 10>/sys/oreore/bpf", [["echo|10", "> /sys/oreore/bpf"]]],
  ["> f echo 1", [["echo|1", "> f"]]],
  ["echo a >> f", [["echo|a", ">> f"]]],
  [`echo "a b" 'c  d' e\\ f`, [["echo|a b|c  d|e f"]]],
  ["echo a; cat f && ls || id", [["echo|a"], ["cat|f"], ["success", "ls"], ["failure", "id"]]],
  ["cat f # the result", [["cat|f"]]],
  ["", []],
  ["   ", []],
  ["echo 'a", "bash: unexpected EOF while looking for matching `''"],
  ["echo >", "bash: syntax error near unexpected token `newline'"],
  ["; ls", "bash: syntax error near unexpected token `;'"],
  ["cat f | wc", "bash: `|' is not simulated here"],
] as const)("%s", (line, expected) => {
  expect(read(line)).toEqual(expected);
});
