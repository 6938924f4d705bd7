// What a visitor downloads, gzipped, compared with limits. Runs after `vite build` and exits 1 if something is over its limit. shell: what
// index.html loads at once. worker: what the engine needs for the first verdict. editor: Monaco. What loads later on demand is listed
// without a limit. Each kernel of the real Linux has a limit for its size as served.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = `${process.env.E2E_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url))}/`;
const KB = 1000;

const read = (file: string): Buffer => readFileSync(`${dist}${file}`);
const assets = readdirSync(`${dist}assets`).map((name) => `assets/${name}`);
const named = (pattern: RegExp): string[] => assets.filter((file) => pattern.test(file));

/** The files and everything that they import statically: `from "./x.js"`, `import "./x.js"`. */
function closure(start: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const queue = [...start];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    if (!file.endsWith(".js")) continue;
    for (const match of read(file)
      .toString()
      .matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
      queue.push(`assets/${match[1]}`);
  }
  return seen;
}

const html = read("index.html").toString();
const shell = closure([
  "index.html",
  ...[...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] as string),
]);
const worker = closure(named(/^assets\/worker-.*\.js$/));
const editorScripts = closure(named(/^assets\/MonacoEditor-.*\.js$/));
/** `assets/name` of `assets/name-hash.js`: a script's styles have the same name. */
const stem = (file: string): string => file.replace(/-[^-]{8}\.\w+$/, "");
const stems = new Set([...editorScripts].filter((file) => !shell.has(file)).map(stem));
const editor = new Set([...editorScripts, ...named(/\.css$/).filter((file) => stems.has(stem(file)))]);
const later = named(/\.(js|css)$/).filter((file) => !shell.has(file) && !worker.has(file) && !editor.has(file));

const parts: readonly (readonly [name: string, files: readonly string[], limit: number])[] = [
  ["shell", [...shell], 140 * KB],
  ["worker", [...worker], 160 * KB],
  ["editor", [...editor].filter((file) => !shell.has(file)), 1000 * KB],
  ["later", later, Number.POSITIVE_INFINITY],
];
/** Saved machines are compressed already. */
const KERNEL_LIMIT = 4500 * KB;
let over = false;
for (const [name, files, limit] of parts) {
  const size = files.reduce((sum, file) => sum + gzipSync(read(file), { level: 9 }).length, 0);
  over ||= size > limit || files.length === 0;
  const of = Number.isFinite(limit) ? ` of ${limit / KB} kB` : "";
  console.log(`${name.padEnd(7)}${(size / KB).toFixed(1).padStart(7)} kB${of} gzipped, ${files.length} files`);
}
for (const name of readdirSync(`${dist}linux`).filter((file) => file.endsWith(".zst"))) {
  const size = read(`linux/${name}`).length;
  over ||= size > KERNEL_LIMIT;
  console.log(`${name} ${(size / KB).toFixed(1)} kB of ${KERNEL_LIMIT / KB} kB`);
}
if (over) {
  console.error("A part of the page is over its size budget (or was not found); see web/build/budget.ts.");
  process.exit(1);
}
