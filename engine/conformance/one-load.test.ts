// One load, asked for in four ways: the page's check, the page's load, a kernel, and `conform verify`. 10,000 random loads get the same
// verdict, errno and log from each. SEED=n makes other loads.

import * as v from "valibot";
import { expect, test } from "vitest";
import { Kernel } from "../kernel/kernel.ts";
import { createMaps, loadWith } from "../kernel/loader.ts";
import { Process } from "../kernel/process.ts";
import { Registry } from "../kernel/registry.ts";
import { LogText } from "../session/check/log-text.ts";
import { createCheck } from "../session/groups/check.ts";
import { createKernel } from "../session/groups/kernel.ts";
import { newState } from "../session/state.ts";
import type { CheckView } from "../session/views/check.ts";
import { isIdentifier, pageInput, type RecordedLoad } from "./page-input.ts";
import { randomLoad } from "./random/loads.ts";
import { ProgramRecord, programOfRecord } from "./records.ts";
import { SEED } from "./seed.ts";
import { answerVerify } from "./verify.ts";

const COUNT = 10_000;
/** Number of loads in one kernel, one after the other. More and more descriptors are open in it. */
const EACH_KERNEL = 40;

interface Said {
  readonly verdict: string;
  readonly errno: number;
  readonly log: string;
  readonly notSimulated: string;
  /** The log is long, so the page does not show it until it is asked for. The log is then that of a load at level 0. */
  readonly brief?: boolean;
}

const viewed = ({ verdict, errno, log, notSimulated, logBrief }: CheckView): Said => ({
  verdict: verdict === "error" && notSimulated !== "" ? "reject" : verdict,
  errno,
  log,
  notSimulated,
  brief: logBrief,
});

function conformed(load: RecordedLoad, log_level = 2): Said {
  const { verdict, errno, log, notSimulated = "" } = answerVerify({ ...load, log_level }) as unknown as Said;
  return { verdict, errno, log, notSimulated };
}

/** The part of a log that the page shows. */
function shownOf(log: string): string {
  const count = log.split("\n").length;
  const lines = { kinds: new Uint8Array(count), slots: new Int32Array(count), stateColumns: new Uint16Array(count) };
  return new LogText(log, lines).shown().text;
}

/** `process` is a process of a kernel that is in use. */
function loadedBy(process: Process, load: RecordedLoad): Said {
  const program = programOfRecord(v.parse(ProgramRecord, load));
  const fds = createMaps(process, program.maps);
  if (!Array.isArray(fds)) return { verdict: "reject", errno: -fds.ret, log: "", notSimulated: "" };
  const { ret, verdict, notSimulated = "" } = loadWith(process, program, fds, { logLevel: 2 });
  const said = {
    verdict: ret >= 0 ? "accept" : "reject",
    errno: verdict?.errno ?? -ret,
    log: verdict?.log ?? "",
    notSimulated,
  };
  for (const fd of [...fds, ret]) process.close(fd);
  return said;
}

function same(a: Said, b: Said, about: object): void {
  if (a.brief && b.brief) return same({ ...a, log: "", brief: false }, { ...b, log: "", brief: false }, about);
  if (a.verdict === b.verdict && a.errno === b.errno && a.log === b.log && a.notSimulated === b.notSimulated) return;
  expect({ ...about, ...a }).toEqual({ ...about, ...b });
}

test(`check, load, kernel and conform verify give the same answer to ${COUNT} random loads (seed ${SEED})`, () => {
  const verdicts = new Map<string, number>();
  let state = newState(new Registry());
  let process = new Process(new Kernel());
  for (let i = 0; i < COUNT; i++) {
    if (i % EACH_KERNEL === 0) {
      state = newState(new Registry());
      process = new Process(new Kernel());
    }
    const load = randomLoad(SEED * COUNT + i);
    const said = conformed(load);
    const input = pageInput(load);
    const checked = viewed(createCheck(state).check(input, i) as CheckView);
    const outcome = createKernel(state).load(input);
    const kernel = loadedBy(process, load);
    const loaded = viewed(outcome.check);
    // A source cannot name a map whose name is not an identifier. The loaded program is then another one.
    const isWhole = load.maps.every(({ name }) => isIdentifier(name));
    same(kernel, said, { i, who: "kernel", load });
    // For a log that is too long for the buffer the page loads without a log. Of a shorter log it shows the beginning and the end.
    const asPage = checked.brief ? { ...conformed(load, 0), brief: true } : { ...said, log: shownOf(said.log) };
    if (isWhole || said.log === "")
      for (const [who, other] of Object.entries({ checked, loaded })) same(other, asPage, { i, who, load });
    same(loaded, checked, { i, who: "load beside check", load });
    if ((outcome.errno === 0) !== (loaded.verdict === "accept")) throw new Error(`${i}: the load gave ${outcome.ret}`);
    const kind = said.notSimulated !== "" ? "not simulated" : said.log === "" ? `errno ${said.errno}` : said.verdict;
    verdicts.set(kind, (verdicts.get(kind) ?? 0) + 1);
  }
  // If all loads were refused for the same reason, this would test nothing.
  for (const kind of ["accept", "reject", "not simulated", "errno 22", "errno 7"])
    expect(verdicts.get(kind), kind).toBeGreaterThan(COUNT / 100);
}, 600_000);
