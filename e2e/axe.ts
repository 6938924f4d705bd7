// What axe finds wrong with a part of the page, one line a rule.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

export async function faultsOf(page: Page, selector: string): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    .include(selector)
    .options({ rules: { "target-size": { enabled: true } } })
    .analyze();
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}
