// The build: web/ is the site's root, dist/ its output, every path relative so that it works from any folder of any host.
// Vitest shares the file; its root stays the repository, so that `npx vitest run engine/asm` finds what it names.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
// Not by way of engine/index.ts: this file is bundled at each start, with all that it imports.
import { FIRST_EXAMPLE } from "./engine/catalogue/first-example.ts";
import { contentSecurityPolicy } from "./web/build/csp.ts";
import { firstSight } from "./web/build/first-sight.ts";
import { offline } from "./web/build/offline.ts";
import { compressedPreview } from "./web/build/preview.ts";

const testing = process.env.VITEST !== undefined;

/** Engine modules only define things: what the page does not use of them stays out of it (all of it is in the worker). */
const treeshake = { moduleSideEffects: (id: string) => !/\/engine\/.*\.ts$/.test(id) };

const fileHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Monaco's own words come through a module of ours, so that they can change with the page's language. */
const resolve = { alias: [{ find: /^(?:\.\.\/)+nls\.js$/, replacement: fileHere("web/monaco/nls.ts") }] };

/** A loaded machine is slow, not wrong: only a hang may run into the time limit. */
const everyTest = {
  setupFiles: fileHere("engine/conformance/seed.ts"),
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  root: testing ? "." : "web",
  base: "./",
  publicDir: testing ? "public" : "../public",
  cacheDir: testing ? "node_modules/.vitest" : "../node_modules/.vite",
  plugins: testing ? [] : [react(), firstSight(FIRST_EXAMPLE), contentSecurityPolicy(), compressedPreview(), offline()],
  resolve,
  // What a worker needs at its start is one file: many small ones compress worse.
  worker: {
    format: "es",
    rolldownOptions: { treeshake, output: { codeSplitting: { groups: [{ name: "start", tags: ["$initial"] }] } } },
  },
  build: {
    target: "es2022",
    outDir: "../dist",
    emptyOutDir: true,
    // The editor is one large chunk on purpose; web/build/budget.ts holds the real limits.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { treeshake },
    reportCompressedSize: false,
    // Firefox 115, Safari 17 and every Chromium preload modules themselves. An older one loads each when it is imported.
    modulePreload: { polyfill: false },
  },
  server: { port: 5173 },
  test: {
    // Vitest would leave one core unused.
    maxWorkers: "100%",
    // Each project is written out. `extends` would load this file once more for each.
    projects: [
      // Files share the modules that they import: no module of the engine keeps anything that a test could see, and what each file
      // would compile anew is half of the time.
      {
        resolve,
        test: {
          ...everyTest,
          name: "engine",
          include: ["engine/**/*.test.ts", "cli/**/*.test.ts", "e2e/**/*.test.ts"],
          isolate: false,
        },
      },
      // The page's stores are modules: each file has its own.
      { resolve, test: { ...everyTest, name: "web", include: ["web/**/*.test.ts"] } },
    ],
  },
});
