// What became of the single tests of a check, read from the reports that Vitest and Playwright write.

export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** Each test that did not run, and why its platform cannot run it; `why` is empty where nobody said. */
  readonly skipped: readonly { readonly title: string; readonly why: string }[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A test of Vitest says why in its title: `… (skipped: no root here)`. */
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

/** A test of Playwright says why in `test.skip(condition, why)`. Nothing is tried twice, so that none can be flaky. */
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
