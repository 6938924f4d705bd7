// `npm start`: builds the site if it is missing or older than its sources, and serves it. PORT sets another port than 4173. Ctrl-C ends it.
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, preview } from "vite";

const root = resolve(import.meta.dirname, "../..");
const configFile = join(root, "vite.config.ts");
const SOURCES = ["engine", "web", "public", "package.json", "package-lock.json", "vite.config.ts"];

/** Milliseconds since 1970 of the newest file at or below `path`. 0: there is none. */
function newest(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

function portWanted(): number {
  const text = process.env.PORT ?? "4173";
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    console.error(`PORT is "${text}": expected a whole number from 1 to 65535`);
    process.exit(2);
  }
  return port;
}

const port = portWanted();
const built = statSync(join(root, "dist/index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (built < Math.max(...SOURCES.map((source) => newest(join(root, source))))) {
  console.log("building the site …");
  await build({ configFile, logLevel: "warn" });
}
try {
  await preview({ configFile, preview: { port, strictPort: true, host: "localhost" } });
  console.log(`Oreore answers at http://localhost:${port}/ (Ctrl-C ends it)`);
} catch (error) {
  console.error(`cannot serve on port ${port}: ${(error as Error).message} (PORT=… names another)`);
  process.exit(1);
}
