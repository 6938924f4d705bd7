// What axe finds wrong with a part of the page, one line a rule, in each theme.
import type { Page } from "@playwright/test";
import axe from "axe-core";

/** How a reader's machine asks for each theme; the page follows at once while its setting is `system`, as it is at first. */
const WISHES = {
  light: { colorScheme: "light", contrast: "no-preference" },
  dark: { colorScheme: "dark", contrast: "no-preference" },
  contrast: { colorScheme: "light", contrast: "more" },
} as const;

/**
 * The rules whose answer depends on a theme: those that read colours. A theme is a set of custom properties on the root element: it
 * makes no element, gives no role or name and moves nothing, so the other rules are asked once.
 */
const RULES_OF_LOOKS = ["color-contrast", "link-in-text-block"];

interface Options {
  /** The part of the page; without it the whole. */
  readonly within?: string | undefined;
  /** Without it each: every rule in light, the rules of looks in dark and in high contrast. */
  readonly themes?: "light" | "each";
}

/** The faults of what stands there now. The page's theme must be the system's; it is light again afterwards. */
export async function faultsOf(page: Page, { within, themes = "each" }: Options = {}): Promise<readonly string[]> {
  const faults = await inTheme(page, "light", within);
  if (themes === "light") return faults;
  for (const theme of ["dark", "contrast"] as const) faults.push(...(await inTheme(page, theme, within)));
  await put(page, "light");
  return faults;
}

async function inTheme(page: Page, theme: keyof typeof WISHES, within: string | undefined): Promise<string[]> {
  await put(page, theme);
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

/** With `reducedMotion` no colour is on its way while axe reads it. */
async function put(page: Page, theme: keyof typeof WISHES): Promise<void> {
  await page.emulateMedia({ ...WISHES[theme], reducedMotion: "reduce" });
  await page.waitForFunction((name) => document.documentElement.dataset.theme === name, theme);
}
