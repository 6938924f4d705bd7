// The page as Markdown for an issue or a note: program, verdict, the end of the log, the link.
/** How many lines of the log are kept. They are the last ones, because the reason is there. */
const LOG_LINES = 12;

interface Page {
  readonly source: string;
  readonly progType: string;
  readonly input: string;
  readonly verdict: string;
  readonly errno: string;
  readonly message: string;
  readonly log: string;
  readonly link: string;
}

/** Kernel text is the same in both languages of the page. */
export function asMarkdown({ source, progType, input, verdict, errno, message, log, link }: Page): string {
  const lines = log.trimEnd().split("\n");
  const kept = lines.slice(-LOG_LINES);
  const what =
    { accept: "accepted", reject: `refused${errno && ` with \`-${errno}\``}` }[verdict] ?? "does not assemble";
  return [
    fenced("c", source.trimEnd()),
    `Linux 6.18, \`${progType}\`, input \`${input}\`: **${what}**${message ? ` (\`${message}\`)` : ""}`,
    ...(log.trim() === "" ? [] : [fenced("", [...(kept.length < lines.length ? ["…"] : []), ...kept].join("\n"))]),
    `[Open it in Oreore](${link})`,
    "",
  ].join("\n\n");
}

/** Uses a fence longer than any in the text, so that the text cannot end it. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
