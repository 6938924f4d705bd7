// Builds what `npm pack` packs: the command `oreore` and the library, as JavaScript for Node that needs no compiler, with types. Writes
// dist-npm/.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "vite";

const ROOT = resolve(import.meta.dirname, "../../..");
const OUT = join(ROOT, "dist-npm");
const here = (path: string): string => join(import.meta.dirname, path);

rmSync(OUT, { recursive: true, force: true });
await build({
  configFile: false,
  root: ROOT,
  logLevel: "warn",
  publicDir: false,
  build: {
    ssr: true,
    target: "node20",
    outDir: OUT,
    minify: false,
    rolldownOptions: {
      input: { oreore: join(ROOT, "cli/oreore.ts"), index: here("index.ts") },
      output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
  // Everything that is used is in the files: the package installs nothing else.
  ssr: { noExternal: true },
});
copyFileSync(join(ROOT, "engine/facts/recorded/linux-6.18.bin.gz"), join(OUT, "linux-6.18.bin.gz"));
cpSync(join(ROOT, "web/lessons/built-in"), join(OUT, "lessons"), { recursive: true });
chmodSync(join(OUT, "oreore.js"), 0o755);
execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", here("tsconfig.json"), "--outDir", join(OUT, "types")], {
  stdio: "inherit",
  cwd: ROOT,
});
