// The objects that a comparison covers: the named ones, or else the whole corpus.
import { readdirSync } from "node:fs";
import { join } from "node:path";

export const objectsOf = (dir: string, named: readonly string[]): readonly string[] =>
  named.length > 0
    ? named
    : readdirSync(join(dir, "objects"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".o"))
        .sort()
        .map((name) => join(dir, "objects", name));
