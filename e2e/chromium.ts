/**
 * Flags with which Chromium runs everywhere: as root, without a GPU, without calling home; and with letters as wide as a reader's
 * browser makes them (the shell rounds their widths to pixels otherwise).
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
