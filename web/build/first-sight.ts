// What is read before any script has come: the program, in the reader's colours. The few lines of script below are all
// the inline script there is, and csp.ts allows them by their hash.
// What they must agree on with the page: the keys and shapes of stores/draft.ts and stores/settings.ts (e2e/views.spec.ts
// opens the page with every other script held back).
import type { Plugin } from "vite";
import { FIRST_EXAMPLE } from "../../engine/index.ts";

/** A draft, a program in the address, or the deck's; nothing for a link that has to be unpacked first. */
const SCRIPT = `
(() => {
  const saved = (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(key) ?? localStorage.getItem(key)) ?? {};
    } catch {
      return {};
    }
  };
  const { theme } = saved("oreore.settings");
  const dark = theme === "dark" || (theme !== "light" && theme !== "contrast" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = theme === "contrast" ? theme : dark ? "dark" : "light";
  const program = document.querySelector(".first-sight");
  const { hash, search } = location;
  if (hash.startsWith("#src=")) {
    try {
      program.textContent = decodeURIComponent(hash.slice(5));
    } catch {
      program.textContent = ""; // the page will say what is wrong with it
    }
  } else if (/[?&]speaker=/.test(search) || (hash !== "" && hash !== "#example/${FIRST_EXAMPLE.name}")) program.textContent = "";
  else if (hash === "" && !/[?&]embed=1/.test(search)) {
    const { source } = saved("oreore.draft");
    if (typeof source === "string" && source.trim() !== "") program.textContent = source;
  }
})();
`;

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

export function firstSight(): Plugin {
  return {
    name: "first-sight",
    transformIndexHtml: {
      order: "post",
      handler: (html) =>
        html.replace(
          '<div id="root"></div>',
          `<div id="root"><pre class="first-sight">${escaped(FIRST_EXAMPLE.program.source)}</pre></div>\n    <script>${SCRIPT}</script>`,
        ),
    },
  };
}
