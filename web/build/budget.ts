// What a visitor downloads, gzipped, against its limits: run after `vite build`, exits 1 where something is over.
// Shell = what index.html asks for at once, and all that those files import; editor = everything else but workers.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const KB = 1000;
const LIMITS = { shell: 130 * KB, worker: 150 * KB, editor: 1100 * KB } as const;

const read = (file: string): Buffer => readFileSync(`${dist}${file}`);
const gz = (file: string): number => gzipSync(read(file), { level: 9 }).length;

const assets = readdirSync(`${dist}assets`).map((name) => `assets/${name}`);
const html = read("index.html").toString();
const shell = new Set<string>(["index.html"]);
const queue = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] as string);
for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
  if (shell.has(file)) continue;
  shell.add(file);
  if (!file.endsWith(".js")) continue;
  // Static imports only: `import … from "./x.js"` and `import "./x.js"`.
  for (const match of read(file)
    .toString()
    .matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
    queue.push(`assets/${match[1]}`);
}
const worker = assets.filter((file) => /^assets\/worker-.*\.js$/.test(file));
const editor = assets.filter(
  (file) => /\.(js|css)$/.test(file) && !shell.has(file) && !worker.includes(file) && !/editor\.worker|ja-/.test(file),
);

const parts: readonly (readonly [name: keyof typeof LIMITS, files: readonly string[]])[] = [
  ["shell", [...shell]],
  ["worker", worker],
  ["editor", editor],
];
let over = false;
for (const [name, files] of parts) {
  const size = files.reduce((sum, file) => sum + gz(file), 0);
  const limit = LIMITS[name];
  over ||= size > limit || files.length === 0;
  console.log(
    `${name.padEnd(8)}${(size / KB).toFixed(1).padStart(8)} kB of ${limit / KB} kB gzipped, ${files.length} files`,
  );
}
if (over) {
  console.error("A part of the page is over its size budget (or was not found); see web/build/budget.ts.");
  process.exit(1);
}
