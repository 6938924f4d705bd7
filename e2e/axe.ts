// The faults that axe finds in a part of the page, in each theme. One line per rule.
import type { Page } from "@playwright/test";
import axe from "axe-core";

/** The system preferences that ask for each theme. The page follows them at once while its setting is `system`, which is the default. */
const MEDIA_OF_THEME = {
  light: { colorScheme: "light", contrast: "no-preference" },
  dark: { colorScheme: "dark", contrast: "no-preference" },
  contrast: { colorScheme: "light", contrast: "more" },
} as const;

/**
 * The rules whose result depends on the theme: those that read colours. A theme only sets custom properties on the root element. It
 * makes no element, gives no role or name and moves nothing, so the other rules are checked in one theme.
 */
const RULES_OF_LOOKS = ["color-contrast", "link-in-text-block"];

interface Options {
  /** CSS selector of the part of the page. Left out: the whole page. */
  readonly within?: string | undefined;
  /** `each`, the default: every rule in light, the rules about colours also in dark and in high contrast. `light`: only light. */
  readonly themes?: "light" | "each";
}

/** The faults of the page as it is now. The page's theme must be the system's. Afterwards it is light again. */
export async function faultsOf(page: Page, { within, themes = "each" }: Options = {}): Promise<readonly string[]> {
  const faults = await inTheme(page, "light", within);
  if (themes === "light") return faults;
  for (const theme of ["dark", "contrast"] as const) faults.push(...(await inTheme(page, theme, within)));
  await setTheme(page, "light");
  return faults;
}

async function inTheme(page: Page, theme: keyof typeof MEDIA_OF_THEME, within: string | undefined): Promise<string[]> {
  await setTheme(page, theme);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async ([name, selector, only]) => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(selector ?? document, {
        resultTypes: ["violations"],
        rules: { "target-size": { enabled: true } },
        ...(only ? { runOnly: [...only] } : {}),
      });
      return violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((n) => n.target.join(" ")).join(", ")}`);
    },
    [theme, within, theme === "light" ? undefined : RULES_OF_LOOKS] as const,
  );
}

/** Switches to a theme. With `reducedMotion` colours do not fade, so axe never reads a colour between two themes. */
async function setTheme(page: Page, theme: keyof typeof MEDIA_OF_THEME): Promise<void> {
  await page.emulateMedia({ ...MEDIA_OF_THEME[theme], reducedMotion: "reduce" });
  await page.waitForFunction((name) => document.documentElement.dataset.theme === name, theme);
}
