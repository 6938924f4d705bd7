// How many single tests of a check passed, failed or were skipped, read from the reports of Vitest and Playwright.

export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** Each test that did not run. `why`: the reason why this platform cannot run it, "" if none is given. */
  readonly skipped: readonly { readonly title: string; readonly why: string }[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A skipped test of Vitest gives its reason in its title: `… (skipped: no root here)`. */
export function ofVitest({ numPassedTests, numFailedTests, testResults }: VitestReport): Count {
  const skipped = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== "passed" && status !== "failed")
    .map(({ fullName }) => {
      const [, title = fullName, why = ""] = /^(.*) \(skipped: (.+)\)$/s.exec(fullName) ?? [];
      return { title, why };
    });
  return { passed: numPassedTests, failed: numFailedTests, skipped };
}

interface PlaywrightSuite {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly status: string;
      readonly annotations: readonly { readonly type: string; readonly description?: string }[];
    }[];
  }[];
}

interface PlaywrightReport {
  readonly stats: { readonly expected: number; readonly flaky: number; readonly unexpected: number };
  readonly suites: readonly PlaywrightSuite[];
}

/** A skipped test of Playwright gives its reason by `test.skip(condition, why)`. Tests are not retried, so none should be flaky. */
export function ofPlaywright({ stats, suites }: PlaywrightReport): Count {
  const skippedIn = ({ suites: inner = [], specs = [] }: PlaywrightSuite): Count["skipped"] => [
    ...inner.flatMap(skippedIn),
    ...specs.flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === "skipped")
        .map(({ annotations }) => ({ title, why: annotations.find(({ type }) => type === "skip")?.description ?? "" })),
    ),
  ];
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: suites.flatMap(skippedIn) };
}
