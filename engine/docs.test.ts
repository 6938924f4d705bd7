// The documents name files that are there.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
/** A path in a document starts at the top, or at one of these. */
const STARTS = ["", "engine", "web", "engine/verifier"];
/** Written at build time, by a reader's command, or an address below the page; `*` and `…` stand for any name. */
const ELSEWHERE = /^(dist|dist-npm|node_modules|\.\.|~|\/|https?:)|[*…<>]|^[A-Z]+\//;

const CODE = /`([\w.@/-]+\/[\w.-]*\.(?:tsx?|py|md|json|css|c))`/g;
const LINK = /\]\(([^)#]+)\)|(?:src|href)="([^"]+)"/g;

const pathsIn = (document: string): string[] => {
  const text = readFileSync(join(ROOT, document), "utf8");
  return [...text.matchAll(CODE), ...text.matchAll(LINK)]
    .map(([, path, attribute]) => (path ?? attribute) as string)
    .filter((path) => !ELSEWHERE.test(path));
};

test.each(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "DECISIONS.md"])(
  "each file that %s names exists",
  (document) => {
    const paths = pathsIn(document);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !STARTS.some((start) => existsSync(join(ROOT, start, path))))).toEqual([]);
  },
);
