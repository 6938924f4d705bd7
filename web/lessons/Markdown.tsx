// Draws the tokens of `marked` as React nodes. Text always stays text. The format adds blanks and links to a step.
import type { Token, Tokens } from "marked";
import { createContext, Fragment, type ReactNode, useContext } from "react";
import { useLessonText } from "../i18n/lessons.ts";
import type { BlankToken, GotoToken } from "./lesson.ts";

export interface Doing {
  /** Names of the uncovered blanks. null: all are uncovered. */
  readonly uncovered: ReadonlySet<string> | null;
  readonly uncover: (blank: string) => void;
  readonly goTo: (step: number) => void;
}
export const Acting = createContext<Doing>({ uncovered: null, uncover: () => {}, goTo: () => {} });

interface Props {
  readonly tokens: readonly Token[];
  /** Prefix for the names of the blanks in these tokens. */
  readonly name: string;
}

export function Markdown({ tokens, name }: Props) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a file does not change while it is shown
  return tokens.map((token, i) => <Node key={i} token={token} name={`${name}.${i}`} />);
}

function Node({ token, name }: { readonly token: Token; readonly name: string }): ReactNode {
  const one = token as Tokens.Generic & Token;
  const inside = (tokens: readonly Token[] | undefined): ReactNode =>
    tokens && <Markdown tokens={tokens} name={name} />;
  switch (one.type) {
    case "blank":
      return <Blank token={one as unknown as BlankToken} name={name} />;
    case "goto":
      return <Goto step={(one as unknown as GotoToken).step} />;
    case "paragraph":
      return <p>{inside(one.tokens)}</p>;
    case "heading":
      return <h3>{inside(one.tokens)}</h3>;
    case "strong":
      return <strong>{inside(one.tokens)}</strong>;
    case "em":
      return <em>{inside(one.tokens)}</em>;
    case "del":
      return <del>{inside(one.tokens)}</del>;
    case "codespan":
      return <code>{one.text as string}</code>;
    case "code":
      return (
        <pre className="lesson__code">
          <code>{one.text as string}</code>
        </pre>
      );
    case "blockquote":
      return <blockquote>{inside(one.tokens)}</blockquote>;
    case "list": {
      const items = (one as unknown as Tokens.List).items.map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a file does not change while it is shown
        <li key={i}>
          <Markdown tokens={item.tokens} name={`${name}.${i}`} />
        </li>
      ));
      return (one as unknown as Tokens.List).ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "link": {
      const href = one.href as string;
      return /^https?:\/\//.test(href) ? (
        <a href={href} target="_blank" rel="noopener noreferrer">
          {inside(one.tokens)}
        </a>
      ) : (
        inside(one.tokens)
      );
    }
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "space":
      return null;
    default:
      return <Fragment>{one.tokens ? inside(one.tokens) : ((one.text as string | undefined) ?? one.raw)}</Fragment>;
  }
}

function Blank({ token, name }: { readonly token: BlankToken; readonly name: string }) {
  const { uncovered, uncover } = useContext(Acting);
  const text = useLessonText();
  const open = uncovered === null || uncovered.has(name);
  if (open) return <span className="lesson__found">{token.text}</span>;
  return (
    <button
      type="button"
      className="lesson__blank"
      aria-label={text.blank}
      title={text.blank}
      style={{ width: `${Math.max(2, token.text.length) + 1}ch` }}
      onClick={() => uncover(name)}
    />
  );
}

function Goto({ step }: { readonly step: number }) {
  const { goTo } = useContext(Acting);
  const text = useLessonText();
  return (
    <button type="button" className="lesson__goto" onClick={() => goTo(step)}>
      {text.toStep(step)}
    </button>
  );
}
