// Splits a line of shell into commands with words and redirections. Knows quotes, escapes, comments, `;`, `&&`, `||`, `>` and
// `>>`. Variables and pipes are not supported; a pipe gives an error message.

export interface Command {
  readonly words: readonly string[];
  /** `> file` or `>> file`. If there are several, the last one counts. */
  readonly to?: { readonly path: string; readonly append: boolean };
  /** How the command before must have ended for this one to run. */
  readonly when: "always" | "success" | "failure";
}

export type Parsed =
  | { readonly ok: true; readonly commands: readonly Command[] }
  | { readonly ok: false; readonly message: string };

type Token = { readonly kind: "word"; readonly text: string } | { readonly kind: "op"; readonly text: string };

const OPERATORS = ["&&", "||", ">>", ">", ";", "|", "&", "<", "(", ")"] as const;
const WHEN: Readonly<Record<string, Command["when"]>> = { ";": "always", "&&": "success", "||": "failure" };

export function parseLine(line: string): Parsed {
  const tokens = tokenize(line);
  if (typeof tokens === "string") return { ok: false, message: tokens };
  const commands: Command[] = [];
  let words: string[] = [];
  let to: Command["to"];
  let when: Command["when"] = "always";
  const unexpected = (text: string): Parsed => ({
    ok: false,
    message: `bash: syntax error near unexpected token \`${text}'`,
  });
  const finish = () => {
    if (words.length > 0 || to) commands.push({ words, when, ...(to && { to }) });
    words = [];
    to = undefined;
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.kind === "word") {
      words.push(token.text);
    } else if (token.text in WHEN) {
      if (words.length === 0 && !to) return unexpected(token.text);
      finish();
      when = WHEN[token.text] as Command["when"];
    } else if (token.text === ">" || token.text === ">>") {
      const file = tokens[++i];
      if (file?.kind !== "word") return unexpected(file?.text ?? "newline");
      to = { path: file.text, append: token.text === ">>" };
    } else {
      return { ok: false, message: `bash: \`${token.text}' is not simulated here` };
    }
  }
  finish();
  return { ok: true, commands };
}

/** Words and operators, or the error message. */
function tokenize(line: string): Token[] | string {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const char = line[at] as string;
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    if (char === "#") break;
    const operator = OPERATORS.find((text) => line.startsWith(text, at));
    if (operator) {
      tokens.push({ kind: "op", text: operator });
      at += operator.length;
      continue;
    }
    let text = "";
    while (at < line.length && !/[\s;|&<>()]/.test(line[at] as string)) {
      const quote = line[at] as string;
      if (quote === "\\") {
        text += line[at + 1] ?? "";
        at += 2;
      } else if (quote === "'" || quote === '"') {
        const end = closing(line, at);
        if (end < 0) return `bash: unexpected EOF while looking for matching \`${quote}'`;
        const inner = line.slice(at + 1, end);
        text += quote === '"' ? inner.replace(/\\([\\"$`])/g, "$1") : inner;
        at = end + 1;
      } else {
        text += quote;
        at++;
      }
    }
    tokens.push({ kind: "word", text });
  }
  return tokens;
}

/** Index of the quote that closes the one at `at`. -1: it is not closed. */
function closing(line: string, at: number): number {
  const quote = line[at] as string;
  for (let i = at + 1; i < line.length; i++) {
    if (line[i] === "\\" && quote === '"') i++;
    else if (line[i] === quote) return i;
  }
  return -1;
}
