// Builds the service worker after the site and gives it the list of the site's files. Not during development.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { build, type Plugin } from "vite";

/**
 * Files not kept: the worker itself, fonts in the format that only old browsers use, and the real Linux with its emulator, which keeps its
 * own files when it is first used (web/linux/files.ts).
 */
const LEFT_OUT = /^sw\.js$|\.woff$|\.map$|^linux\/|^assets\/v86[^/]*\.wasm$/;

export function offline(): Plugin {
  let out = "";
  return {
    name: "offline",
    apply: "build",
    configResolved({ root, build: { outDir } }) {
      out = resolve(root, outDir);
    },
    async writeBundle() {
      await build({
        configFile: false,
        root: resolve(import.meta.dirname, ".."),
        logLevel: "warn",
        publicDir: false,
        define: { FILES: JSON.stringify(filesIn(out)), "process.env.NODE_ENV": '"production"' },
        build: {
          target: "es2022",
          outDir: out,
          emptyOutDir: false,
          reportCompressedSize: false,
          lib: {
            entry: resolve(import.meta.dirname, "../offline/sw.ts"),
            formats: ["iife"],
            name: "sw",
            fileName: () => "sw.js",
          },
        },
      });
    },
  };
}

/** A name that contains a hash changes with the file's content. Other files get a checksum. */
function filesIn(directory: string): readonly { readonly url: string; readonly revision: string | null }[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((url) => !LEFT_OUT.test(url))
    .sort()
    .map((url) => ({
      url,
      revision: url.startsWith("assets/")
        ? null
        : createHash("sha256")
            .update(readFileSync(join(directory, url)))
            .digest("hex")
            .slice(0, 16),
    }));
}
