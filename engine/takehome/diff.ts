// Unified diffs written by hand from what is known: lines added to a kernel file between lines that stand there, or a
// whole new file. Not a diff algorithm.

/** Lines to add to a file of Linux 6.1, between the lines that must stand before and after them. */
export interface Insertion {
  readonly path: string;
  /** Line of the first `before` line in linux-source-6.1 of Debian; `patch` finds the place when it has moved. */
  readonly line: number;
  readonly before: readonly string[];
  readonly added: readonly string[];
  readonly after: readonly string[];
}

export interface NewFile {
  readonly path: string;
  readonly text: string;
}

const range = (start: number, count: number) => (count === 1 ? `${start}` : `${start},${count}`);

/** One patch: new files and insertions; those of one file in the order of their lines. */
export function patch(insertions: readonly Insertion[], files: readonly NewFile[]): string {
  const out: string[] = [];
  for (const path of new Set(insertions.map((insertion) => insertion.path))) {
    out.push(`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`);
    let shift = 0;
    for (const { line, before, added, after } of insertions.filter((insertion) => insertion.path === path)) {
      const kept = before.length + after.length;
      out.push(`@@ -${range(line, kept)} +${range(line + shift, kept + added.length)} @@`);
      out.push(
        ...before.map((text) => ` ${text}`),
        ...added.map((text) => `+${text}`),
        ...after.map((text) => ` ${text}`),
      );
      shift += added.length;
    }
  }
  for (const { path, text } of files) {
    const lines = text.replace(/\n$/, "").split("\n");
    out.push(`diff --git a/${path} b/${path}`, "new file mode 100644", "--- /dev/null", `+++ b/${path}`);
    out.push(`@@ -0,0 +${range(1, lines.length)} @@`, ...lines.map((line) => `+${line}`));
  }
  return `${out.join("\n")}\n`;
}
