// What is readable before any script has loaded: the program, in the reader's colours. The few lines below are the only inline script, and
// csp.ts allows them by their hash.
// They must agree with the page about the keys and shapes of stores/program/draft.ts and stores/page/settings.ts (e2e/views.spec.ts opens
// the page without any other script).
import type { Plugin } from "vite";
import type { ExampleView } from "../../engine/index.ts";

/**
 * Shows a draft, a program named in the address, or the first example. Shows nothing for a link that must be unpacked first. Puts the page's
 * styles to use when they are there: until then their link is one for print, which the first sight does not wait for.
 */
const script = (firstExample: string): string => `
(() => {
  const styles = document.querySelector("link[media=print]");
  const use = () => (styles.media = "all");
  if (styles?.sheet) use();
  // If they cannot be had, the page is drawn without them.
  else for (const event of ["load", "error"]) styles?.addEventListener(event, use);
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
  } else if (/[?&]speaker=/.test(search) || (hash !== "" && hash !== "#example/${firstExample}")) program.textContent = "";
  else if (hash === "" && !/[?&]embed=1/.test(search)) {
    const { source } = saved("oreore.draft");
    if (typeof source === "string" && source.trim() !== "") program.textContent = source;
  }
})();
`;

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

export function firstSight(first: ExampleView): Plugin {
  return {
    name: "first-sight",
    transformIndexHtml: {
      order: "post",
      handler: (html) => {
        const program = `<pre class="first-sight">${escaped(first.program.source)}</pre>`;
        return html
          .replace('<link rel="stylesheet"', '<link rel="stylesheet" media="print" fetchpriority="high"')
          .replace(
            '<div id="root"></div>',
            () => `<div id="root">${program}</div>\n    <script>${script(first.name)}</script>`,
          );
      },
    },
  };
}
