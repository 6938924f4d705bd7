// Unified diffs written by hand from what is known: lines added to a kernel file between lines that stand there, or a
// whole new file. Not a diff algorithm. A reader is shown the same values piece by piece.

/** Lines to add to a file of Linux 6.1, between the lines that must stand before and after them. */
export interface Insertion {
  readonly path: string;
  /** Line of the first `before` line in linux-source-6.1 of Debian; `patch` finds the place when it has moved. */
  readonly line: number;
  /** What of C it stands in: `enum bpf_prog_type`, `bpf_prog_attach()`; the file's name where it is in no such thing. */
  readonly inside: string;
  readonly before: readonly string[];
  readonly added: readonly string[];
  /** The same where they are several things, with an empty line before each. */
  readonly pieces?: readonly Piece[];
  readonly after: readonly string[];
}

/** One thing of a C file: a function, a variable, a struct; the lines on top have the name "". */
export interface Piece {
  readonly name: string;
  /** Without a newline at the end. */
  readonly text: string;
}

export interface NewFile {
  readonly path: string;
  readonly pieces: readonly Piece[];
}

/** What one patch changes. */
export interface Change {
  readonly insertions: readonly Insertion[];
  readonly files: readonly NewFile[];
}

/** A file of pieces: an empty line stands between two. */
export const joined = (pieces: readonly Piece[]): string => `${pieces.map(({ text }) => text).join("\n\n")}\n`;

const range = (start: number, count: number) => (count === 1 ? `${start}` : `${start},${count}`);

/** `shift`: lines that the hunks before it have added to the file. */
export function hunk({ line, before, added, after }: Insertion, shift: number): string[] {
  const kept = before.length + after.length;
  return [
    `@@ -${range(line, kept)} +${range(line + shift, kept + added.length)} @@`,
    ...before.map((text) => ` ${text}`),
    ...added.map((text) => `+${text}`),
    ...after.map((text) => ` ${text}`),
  ];
}

export function newFile({ pieces }: NewFile): string[] {
  const lines = joined(pieces).replace(/\n$/, "").split("\n");
  return [`@@ -0,0 +${range(1, lines.length)} @@`, ...lines.map((line) => `+${line}`)];
}

/** One patch: new files and insertions; those of one file in the order of their lines. */
export function patch({ insertions, files }: Change): string {
  const out: string[] = [];
  for (const path of new Set(insertions.map((insertion) => insertion.path))) {
    out.push(`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`);
    let shift = 0;
    for (const insertion of insertions.filter((one) => one.path === path)) {
      out.push(...hunk(insertion, shift));
      shift += insertion.added.length;
    }
  }
  for (const file of files) {
    const { path } = file;
    out.push(
      `diff --git a/${path} b/${path}`,
      "new file mode 100644",
      "--- /dev/null",
      `+++ b/${path}`,
      ...newFile(file),
    );
  }
  return `${out.join("\n")}\n`;
}
