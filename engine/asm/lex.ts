// Characters → tokens of C. White space is dropped. Comments are kept in a list of their own, because they contain the
// directives (`// @prog xdp`). The time is linear in the text. No text fails: what is no token of C becomes a token of kind `other`.
import type { Span } from "../base/span.ts";
import { endOf, type KnownLine, Token } from "./token.ts";

export interface Comment extends Span {
  /** The text between the comment signs, or up to the end of the line. */
  readonly text: string;
  /** Offset of `text` in the source. */
  readonly textStart: number;
  readonly block: boolean;
}

export interface Lexed {
  readonly tokens: Token[];
  readonly comments: Comment[];
  /** Block comments, strings and character constants that never end, with the place of their start. */
  readonly unterminated: { readonly what: "comment" | "string" | "char"; readonly span: Span }[];
}

const NAME = 1;
const DIGIT = 2;
const SPACE = 3;
const NEWLINE = 4;
const CLASS = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const char = String.fromCharCode(c);
  if (/[A-Za-z_$]/.test(char)) CLASS[c] = NAME;
  else if (/[0-9]/.test(char)) CLASS[c] = DIGIT;
  else if (char === "\n") CLASS[c] = NEWLINE;
  else if (c <= 0x20 || c === 0x7f) CLASS[c] = SPACE;
}
const classAt = (text: string, at: number): number => {
  const c = text.charCodeAt(at);
  // Outside ASCII only white space has its own class.
  return c < 128 ? (CLASS[c] as number) : c === 0xa0 || c === 0xfeff || c === 0x3000 || c === 0x2028 ? SPACE : 0;
};

const PUNCTUATORS = new Set(
  "<<= >>= ... -> ++ -- << >> <= >= == != && || += -= *= /= %= &= ^= |= ## ( ) { } [ ] , ; : . ? + - * / % & | ^ ~ ! = < > #".split(
    " ",
  ),
);

/** 1 for the characters of punctuators that are not the beginning of a longer one. */
const ALONE = new Uint8Array(128);
const ALONE_TEXT: string[] = [];
for (const char of "(){}[],;?~") {
  ALONE[char.charCodeAt(0)] = 1;
  ALONE_TEXT[char.charCodeAt(0)] = char;
}

/** Whether the first `length` characters are a punctuator. Near the end of the text there may be fewer characters. */
const isLong = (text: string, length: number): boolean =>
  text.length >= length && PUNCTUATORS.has(text.slice(0, length));

/** `knownLine`: finds instructions of known-lines.ts. Each of them becomes one token. */
export function lex(text: string, knownLine?: (line: string) => KnownLine | undefined): Lexed {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const unterminated: Lexed["unterminated"] = [];
  const length = text.length;
  let at = 0;
  let lineStart = true;
  let spaced = false;

  while (at < length) {
    const cls = classAt(text, at);
    if (cls === SPACE) {
      spaced = true;
      at++;
      continue;
    }
    if (cls === NEWLINE) {
      lineStart = true;
      spaced = true;
      at++;
      continue;
    }
    if (cls === NAME) {
      if (knownLine && lineStart && text.charCodeAt(at) === 0x42) {
        const newline = text.indexOf("\n", at);
        const lineEnd = newline < 0 ? length : newline;
        const known = knownLine(text.slice(at, lineEnd));
        if (known) {
          tokens.push(new Token("name", known.macro, at, at + known.macro.length, true, spaced, undefined, known));
          const comma = at + known.comma;
          if (known.comma >= 0)
            tokens.push(new Token("punct", ",", comma, comma + 1, false, known.comma > known.length));
          lineStart = false;
          spaced = true;
          at = lineEnd;
          continue;
        }
      }
      let end = at + 1;
      while (end < length) {
        const next = classAt(text, end);
        if (next !== NAME && next !== DIGIT) break;
        end++;
      }
      tokens.push(new Token("name", text.slice(at, end), at, end, lineStart, spaced));
      lineStart = false;
      spaced = false;
      at = end;
      continue;
    }
    const c = text.charCodeAt(at);
    if (c < 128 && ALONE[c] === 1) {
      tokens.push(new Token("punct", ALONE_TEXT[c] as string, at, at + 1, lineStart, spaced));
      lineStart = false;
      spaced = false;
      at++;
      continue;
    }
    const c1 = text.charCodeAt(at + 1);
    if (cls === DIGIT || (c === 0x2e && c1 >= 0x30 && c1 <= 0x39)) {
      const end = numberEnd(text, at);
      tokens.push(new Token("number", text.slice(at, end), at, end, lineStart, spaced));
      lineStart = false;
      spaced = false;
      at = end;
      continue;
    }
    if (c === 0x2f && c1 === 0x2f) {
      let end = text.indexOf("\n", at);
      // A backslash at the end of the line continues the comment (C17 5.1.1.2).
      while (end > 0 && continued(text, end)) end = text.indexOf("\n", end + 1);
      if (end < 0) end = length;
      const body = text.slice(at + 2, end);
      comments.push({ start: at, end, text: body, textStart: at + 2, block: false });
      at = end;
      spaced = true;
      continue;
    }
    if (c === 0x2f && c1 === 0x2a) {
      let end = text.indexOf("*/", at + 2);
      const closed = end >= 0;
      if (!closed) {
        unterminated.push({ what: "comment", span: { start: at, end: at + 2 } });
        end = length;
      }
      const body = text.slice(at + 2, end);
      comments.push({
        start: at,
        end: closed ? end + 2 : end,
        text: body,
        textStart: at + 2,
        block: true,
      });
      at = closed ? end + 2 : end;
      spaced = true;
      continue;
    }
    if (c === 0x5c) {
      const newline = /\r?\n/y;
      newline.lastIndex = at + 1;
      if (newline.test(text)) {
        spaced = true;
        at = newline.lastIndex;
        continue;
      }
    }
    if (c === 0x22 || c === 0x27) {
      const end = quotedEnd(text, at, c);
      const closed = text.charCodeAt(end - 1) === c && end - at > 1;
      if (!closed) {
        unterminated.push({ what: c === 0x22 ? "string" : "char", span: { start: at, end } });
      }
      tokens.push(new Token(c === 0x22 ? "string" : "char", text.slice(at, end), at, end, lineStart, spaced));
      lineStart = false;
      spaced = false;
      at = end;
      continue;
    }
    const three = text.slice(at, at + 3);
    const width = isLong(three, 3) ? 3 : isLong(three, 2) ? 2 : 1;
    const known = width > 1 || PUNCTUATORS.has(three.charAt(0));
    let end = at + width;
    // A run of unknown characters is one token, so that it gives one message.
    if (!known) while (end < length && classAt(text, end) === 0 && text.charCodeAt(end) >= 128) end++;
    tokens.push(new Token(known ? "punct" : "other", text.slice(at, end), at, end, lineStart, spaced));
    lineStart = false;
    spaced = false;
    at = end;
  }
  return { tokens, comments, unterminated };
}

/** Splits the token of a known line into its real tokens. */
export function splitAgain(token: Token, source: string): Token[] {
  return lex(source.slice(token.start, endOf(token))).tokens.map(
    ({ kind, text, start, end, spaced }, i) =>
      new Token(
        kind,
        text,
        start + token.start,
        end + token.start,
        i === 0 && token.lineStart,
        i === 0 ? token.spaced : spaced,
        token.site,
      ),
  );
}

const continued = (text: string, newline: number): boolean =>
  text.charCodeAt(newline - 1) === 0x5c ||
  (text.charCodeAt(newline - 1) === 0x0d && text.charCodeAt(newline - 2) === 0x5c);

/** End of a preprocessing number (C17 6.4.8). Whether it is a valid number is decided later. */
function numberEnd(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const cls = classAt(text, at);
    if (cls === NAME || cls === DIGIT) continue;
    const c = text.charCodeAt(at);
    if (c === 0x2e) continue;
    // Digit separator of C23: 0x1'0000.
    if (c === 0x27 && (classAt(text, at + 1) === DIGIT || /[0-9a-fA-F]/.test(text.charAt(at + 1)))) continue;
    break;
  }
  return at;
}

/** The place after the closing quote, or the end of the line if there is none. */
function quotedEnd(text: string, start: number, quote: number): number {
  let at = start + 1;
  while (at < text.length) {
    const c = text.charCodeAt(at);
    if (c === quote) return at + 1;
    if (c === 0x0a) return at;
    at += c === 0x5c ? 2 : 1;
  }
  return text.length;
}
