// Starts the page: the shell first, the engine's worker beside it, the code editor after the first paint.
import "@fontsource/ibm-plex-mono/latin-400.css";
import "@fontsource/ibm-plex-mono/latin-600.css";
import "@fontsource/ibm-plex-sans/latin-400.css";
import "@fontsource/ibm-plex-sans/latin-600.css";
import "./theme/base.css";
import "./app/app.css";
import "./panes/editor/editor.css";
import "./panes/verifier/verifier.css";
import "./panes/machine/machine.css";
import "./panes/kernel/kernel.css";
import { type ReactNode, StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { loadLanguage } from "./i18n/index.ts";
import { openAddress } from "./links/open.ts";
import { startWorker } from "./start-engine.ts";
import { followProgram } from "./stores/check/verdict.ts";
import { startKernel } from "./stores/kernel/kernel.ts";
import { followTheme, useSettings } from "./stores/page/settings.ts";
import { restoreDraft, saveNow } from "./stores/program/program.ts";
import { followMachine } from "./stores/run/beliefs.ts";
import { followVerdict } from "./stores/run/machine.ts";

// Styles that cannot be had, as on a page that is being left, keep no script away.
window.addEventListener("vite:preloadError", (event) => {
  if (event.payload.message.startsWith("Unable to preload CSS")) event.preventDefault();
});

const { language } = useSettings.getState();
document.documentElement.lang = language;
followTheme();

/** Resolves when the page's styles are there, or cannot be had. They load beside the scripts: build/first-sight.ts. */
function stylesLoaded(): Promise<unknown> | undefined {
  const link = document.querySelector("link[media=print]");
  const ended = (event: string) => new Promise((resolve) => link?.addEventListener(event, resolve, { once: true }));
  return link ? Promise.race([ended("load"), ended("error")]) : undefined;
}
const styles = stylesLoaded();

/** Draws the page for the first time, in parts of some milliseconds: a key or a touch in between need not wait for all of it. */
async function render(page: ReactNode): Promise<void> {
  await styles;
  startTransition(() =>
    createRoot(document.getElementById("root") as HTMLElement).render(<StrictMode>{page}</StrictMode>),
  );
}

/** The second window of someone who presents: notes and clock; what runs, runs in the first. */
async function startSpeaker(id: string): Promise<void> {
  const { default: Speaker } = await import("./app/Speaker.tsx");
  await render(<Speaker id={id} />);
}

const speaker = new URLSearchParams(location.search).get("speaker");
if (speaker !== null) void startSpeaker(speaker);
else startPage();

function startPage(): void {
  startWorker();
  if (!useSettings.getState().embed) restoreDraft();
  void loadLanguage(language).then(() => render(<App />));

  // Keys, undo, the list of the last programs: as soon as their script is there, beside the first drawing.
  void import("./app/later.ts").then(({ startLater }) => startLater());
  window.addEventListener("hashchange", () => void openAddress());
  window.addEventListener("pagehide", saveNow);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && saveNow());

  // Keeping the site on the device must not take the network from what is wanted now.
  if (import.meta.env.PROD && !useSettings.getState().embed && "serviceWorker" in navigator)
    setTimeout(() => void import("./offline/register.ts").then(({ registerOffline }) => registerOffline()), 5000);

  followMachine();
  void openAddress(true).then(() => {
    followProgram();
    followVerdict();
    // After the first question for a verdict: the kernel needs more of the engine to be loaded.
    void startKernel();
  });
}
