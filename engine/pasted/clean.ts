// Removes from a pasted log everything that is not the verifier's: quote marks of mails, time stamps of dmesg and journals, names
// that loaders put before each line, colours of terminals. Only this room may match the texts of kernels and tools by patterns.

/** Prefixes of a line. They are removed as often as they occur, in any order. */
const BEFORE: readonly RegExp[] = [
  // Quote marks of mails.
  /^(?:[ \t]*[>|](?=[ \t>|]|$|\d|[A-Z;]))+[ \t]?/,
  // `[  123.456789] `, `<6>[ 123.4] `, `kern  :info  : [ …] `
  /^(?:<\d+>)?(?:\w+ *:\w+ *: )?\[ *\d+\.\d+\](?:\[ *[A-Z]?\d+\])? ?/,
  // `Nov 29 10:00:00 host kernel: `, `2026-11-29T10:00:00+0900 host bpf[12]: `
  /^(?:[A-Z][a-z]{2} +\d+ [\d:]{8}|\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-][\d:]{4,5})?) (?:\S+ )?[\w./-]+(?:\[\d+\])?: /,
  // `libbpf: `, `level=error msg="`
  /^(?:libbpf|Error|WARNING|ERROR|INFO|DEBUG): /,
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
const COLOUR = /\u001b\[[\d;]*m/g;

/** The lines of a text without their prefixes and without blanks at their ends. */
export function cleanLines(text: string): string[] {
  const lines = text
    .replace(COLOUR, "")
    .replace(/\r\n?/g, "\n")
    .replaceAll("\u00a0", " ")
    .split("\n")
    .map((line) => line.trimEnd());
  const plain = lines.map(withoutPrefix);
  const indents = plain.filter((line) => INSN_LINE.test(line)).map((line) => line.length - line.trimStart().length);
  // Some loaders indent the whole log. That much is removed from every line; the log's own indentation of lists stays.
  const indent = indents.length > 0 ? Math.min(...indents) : 0;
  return plain.map((line) => (indent > 0 && line.slice(0, indent).trim() === "" ? line.slice(indent) : line));
}

/** A line with an instruction, as the log prints it. */
const INSN_LINE = /^\s*\d+: \([0-9a-f]{2}\) /;

function withoutPrefix(line: string): string {
  let left = line;
  for (let again = true; again; ) {
    again = false;
    for (const pattern of BEFORE) {
      const match = pattern.exec(left);
      if (!match || match[0] === "") continue;
      left = left.slice(match[0].length);
      again = true;
    }
  }
  return left;
}
