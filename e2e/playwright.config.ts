// The end-to-end tests: the production build, served from a folder below the root, in a real Chromium.
import { defineConfig } from "@playwright/test";
import { CHROMIUM_ARGS, findChromium } from "./chromium.ts";

const executablePath = findChromium();
const port = Number(process.env.E2E_PORT ?? 4179);

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  snapshotPathTemplate: "{testDir}/pictures/{arg}{ext}",
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  // A machine that does other things at the same time gets a second chance; it is counted as flaky and named.
  retries: process.env.CI === undefined ? 0 : 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["list"], ["json"]] : [["list"]],
  use: {
    baseURL: `http://localhost:${port}/any/folder/`,
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    colorScheme: "light",
    // Keeping every file on the device in each test would take longer than the tests; offline.spec.ts allows it.
    serviceWorkers: "block",
    trace: "retain-on-failure",
    launchOptions: { args: CHROMIUM_ARGS, ...(executablePath ? { executablePath } : {}) },
  },
  webServer: {
    command: `npx --no-install tsx e2e/serve.ts ${port}`,
    cwd: "..",
    port,
    reuseExistingServer: false,
  },
});
