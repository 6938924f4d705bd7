// The work of a page's own thread. What other threads do does not count, nor does the time that it waits for a core.
import type { Page } from "@playwright/test";

/** A function that gives the processor time of the page's thread so far, in milliseconds. Only differences mean something. */
export async function threadWork(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
  };
}
