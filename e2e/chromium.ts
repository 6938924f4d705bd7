/**
 * Flags with which Chromium runs on any machine: as root, without a GPU, without connections to its maker. With the last flag letters
 * are as wide as in a reader's browser; without it the headless shell rounds their widths to whole pixels.
 */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--font-render-hinting=none",
];
