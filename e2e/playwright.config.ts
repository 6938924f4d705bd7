// The end-to-end tests: the production build, served from a folder below the root, in a real Chromium.
import { defineConfig } from "@playwright/test";
import { CHROMIUM_ARGS } from "./chromium.ts";
import { findChromium } from "./installed.ts";

const executablePath = findChromium();
const port = Number(process.env.E2E_PORT ?? 4179);

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  outputDir: "../test-results",
  snapshotPathTemplate: "{testDir}/pictures/{arg}{ext}",
  fullyParallel: true,
  forbidOnly: true,
  // Two pages at a time, whatever the machine: one waits while the other works. No test gets a second chance.
  workers: 2,
  retries: 0,
  // A loaded machine is slow, not wrong: only a hang may run into the time limit.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["list"], ["json"]] : [["list"]],
  use: {
    baseURL: `http://localhost:${port}/any/folder/`,
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    colorScheme: "light",
    // Keeping every file on the device in each test would take longer than the tests; offline.spec.ts allows it.
    serviceWorkers: "block",
    // A trace of every test costs a third of the time: TRACE=1 records it for the tests that one looks into.
    trace: process.env.TRACE ? "retain-on-failure" : "off",
    launchOptions: { args: CHROMIUM_ARGS, ...(executablePath ? { executablePath } : {}) },
  },
  webServer: {
    command: `npx --no-install tsx e2e/serve.ts ${port}`,
    cwd: "..",
    port,
    reuseExistingServer: false,
  },
});
