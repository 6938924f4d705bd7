// Serves dist/ (or E2E_DIST) below /any/folder/, as a static host would. The page must work in any folder.
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { extname, join, normalize } from "node:path";

const dist = process.env.E2E_DIST ?? join(import.meta.dirname, "../dist");
export const FOLDER = "/any/folder/";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".ttf": "font/ttf",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
};

const answer: RequestListener = async (request, response) => {
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
  const name = path.startsWith(FOLDER) ? normalize(path.slice(FOLDER.length) || "index.html") : "..";
  try {
    if (name.startsWith("..")) throw new Error("outside");
    const body = await readFile(join(dist, name));
    response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
};

/** Serves on a port of this machine. 0: on any free port. */
export const serve = (port: number): Server => createServer(answer).listen(port);

if (process.argv[1] === import.meta.filename) serve(Number(process.argv[2] ?? 4179));
