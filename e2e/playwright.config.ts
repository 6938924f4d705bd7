// Configuration of the end-to-end tests: the production build, served from a folder below the root, in a real Chromium.
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
  // Two pages at a time on every machine: one waits while the other works. A failed test is not run again.
  workers: 2,
  retries: 0,
  // The time limits are long, because a busy machine is slow but not wrong. Only a test that hangs should reach them.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["list"], ["json"]] : [["list"]],
  use: {
    baseURL: `http://localhost:${port}/any/folder/`,
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    colorScheme: "light",
    // The service worker keeps every file on the device. In each test that would take longer than the test. offline.spec.ts allows it.
    serviceWorkers: "block",
    // Traces of all tests would cost a third of the time. TRACE=1 turns them on, and keeps those of failed tests.
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
