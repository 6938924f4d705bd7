// Every visible string exists in both languages. The test reads the sources themselves, so no list is needed.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const WEB = join(import.meta.dirname, "..");
const sources = (pattern: RegExp): readonly (readonly [name: string, text: string])[] =>
  readdirSync(WEB, { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(name) && !/\.test\./.test(name))
    .map((name) => [name, readFileSync(join(WEB, name), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")]);

const JAPANESE = /[\u3040-\u30ff\u3400-\u9fff]/;

/** Strings that are the same in every language: names, what a reader types, what a kernel prints. */
const SAME = new Set(["Oreore", "oreore", "echo", "cat", "Ctrl ⏎", "Linux", "0x", "Linux 6.1"]);

test("a component has no words of its own: they come from a dictionary", () => {
  const found: string[] = [];
  for (const [name, text] of sources(/\.tsx$/)) {
    const words = [
      ...text.matchAll(/(?<=[\w"'}/])>\s*([^<>{}=;()&|?:]*[A-Za-z]{2}[^<>{}=;()&|?:]*?)\s*<\/?[A-Za-z]/g),
      ...text.matchAll(/\b(?:aria-label|title|placeholder|alt|label)="([^"]*[A-Za-z]{2}[^"]*)"/g),
    ].map((match) => (match[1] as string).trim());
    for (const word of words) if (!SAME.has(word) && !/^bpftool /.test(word)) found.push(`${name}: ${word}`);
  }
  expect(found).toEqual([]);
});

/** The string literals of a piece of source, without the `${}` parts of templates. */
const literals = (source: string): readonly string[] =>
  [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map((match) =>
    (match[1] ?? match[2] ?? "").replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, ""),
  );

/** Sentences, not names: at least three adjacent words in lower case. */
const isEnglish = (text: string): boolean =>
  !JAPANESE.test(text) && /(?:\b[A-Za-z]?[a-z']+[,.]? ){2,}[a-z]+/.test(text);

/** The text after `ja:` (or `en:`) up to its closing bracket, or the one literal. */
function* partsOf(language: "en" | "ja", source: string): Generator<string> {
  for (const { index } of source.matchAll(new RegExp(`\\b${language}: `, "g"))) {
    const rest = source.slice(index + 4);
    if (!/^[{[(]/.test(rest)) {
      yield /^(?:\([^)]*\) =>\s*)?(?:"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)/.exec(rest)?.[0] ?? "";
      continue;
    }
    let depth = 0;
    let end = 0;
    for (const char of rest) {
      if ("{[(".includes(char)) depth++;
      if ("}])".includes(char)) depth--;
      end += char.length;
      if (depth === 0) break;
    }
    yield rest.slice(0, end);
  }
}

test("what stands for Japanese is Japanese", () => {
  const found: string[] = []; // the engine's English sentences are keys there, not text
  for (const [name, text] of sources(/\.tsx?$/)) {
    const parts = name.endsWith("i18n/ja.ts")
      ? [text.replace(/^import .*$|^\s*"[^"]*":/gm, "")]
      : [...partsOf("ja", text)];
    for (const part of parts) for (const one of literals(part)) if (isEnglish(one)) found.push(`${name}: ${one}`);
  }
  expect(found).toEqual([]);
});

test("what stands for English has no Japanese in it, but for the name of the language and of the talk", () => {
  const found: string[] = [];
  for (const [name, text] of sources(/\.tsx?$/)) {
    const parts = name.endsWith("i18n/en.ts") ? [text] : [...partsOf("en", text)];
    for (const part of parts)
      for (const one of literals(part))
        if (JAPANESE.test(one.replace(/“[^”]*”|日本語\S*/g, ""))) found.push(`${name}: ${one}`);
  }
  expect(found).toEqual([]);
});

test("a sentence in a component or a store is one of two: its other language is beside it", () => {
  const found: string[] = [];
  for (const [name, text] of sources(/^(?:app|panes|offline|gallery|ui)\/.*\.tsx?$/))
    for (const match of text.matchAll(/\ben: ("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\()/g))
      if (!/\bja: /.test(text.slice(match.index, match.index + 1500))) found.push(`${name}: ${match[1]}`);
  expect(found).toEqual([]);
});
