// Unified diffs made from known changes: lines that are added between known lines of a kernel file, or a new file. This is not a
// diff algorithm: no two files are compared. The page shows the same values piece by piece.

/** Lines to add to a file of Linux 6.1, with the lines that must be before and after them. */
export interface Insertion {
  readonly path: string;
  /** Line number of the first `before` line in Debian's linux-source-6.1. If the place has moved, patch(1) finds it. */
  readonly line: number;
  /** The C construct around it: `enum bpf_prog_type`, `bpf_prog_attach()`. If there is none: the file's name. */
  readonly enclosing: string;
  readonly before: readonly string[];
  readonly added: readonly string[];
  /** The added lines as pieces, if they are several. Each has an empty line before it. */
  readonly pieces?: readonly Piece[];
  readonly after: readonly string[];
}

/** One part of a C file: a function, a variable, a struct. The lines at the top of the file have the name "". */
export interface Piece {
  readonly name: string;
  /** Without a newline at the end. */
  readonly text: string;
}

export interface NewFile {
  readonly path: string;
  readonly pieces: readonly Piece[];
}

/** All changes of one patch. */
export interface Change {
  readonly insertions: readonly Insertion[];
  readonly files: readonly NewFile[];
}

/** The text of a file: its pieces with an empty line between them. */
export const joined = (pieces: readonly Piece[]): string => `${pieces.map(({ text }) => text).join("\n\n")}\n`;

const range = (start: number, count: number) => (count === 1 ? `${start}` : `${start},${count}`);

/** The lines of one hunk. `shift`: how many lines earlier hunks have added to the same file. */
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

/** The text of one patch. The insertions into one file must be in the order of their lines. */
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
