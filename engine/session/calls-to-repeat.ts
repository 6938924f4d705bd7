// Which calls a new worker repeats, and how many, to get the state of the ended one. Each method of each group has an entry in the table. A
// missing entry does not compile.
import type { Group, Method, SessionApi } from "./api.ts";

/** What an answered call leaves behind. That decides how long it must be repeated. */
type Lifetime =
  /** Nothing: a question. */
  | "nothing"
  /** Descriptors and attachments: all such calls, until the kernel starts anew. Without one, later descriptors would be others. */
  | "objects"
  /** An element of a map. Forgetting an old call loses what it left there, but no descriptor. */
  | "element"
  /** Effects of an event. Forgetting an old event loses what it left in maps, but no descriptor. */
  | "event"
  /** Something that the next call of the method or a new start of the kernel replaces. */
  | "last"
  /** The same, but it outlives the kernel. */
  | "last-setting"
  /** All such calls, whatever happens to the kernel. */
  | "setting"
  /** Starts the kernel anew and replaces earlier calls of the method. */
  | "boot"
  /** The same, but replaces only earlier calls with the same first argument. */
  | "boot-part";

const LIFETIMES: { readonly [Of in Group]: Readonly<Record<keyof SessionApi[Of], Lifetime>> } = {
  check: {
    check: "last-setting",
    visits: "nothing",
    visitNumbers: "nothing",
    visitAt: "nothing",
    visitOfLine: "nothing",
    visitOfStep: "nothing",
    stepOfVisit: "nothing",
    logLines: "nothing",
    searchLog: "nothing",
    logSections: "nothing",
    logText: "nothing",
    // May take a minute, so it is not repeated unasked.
    writeLog: "nothing",
    explain: "nothing",
    fixes: "nothing",
    witness: "nothing",
    flow: "nothing",
    traffic: "nothing",
    rounds: "nothing",
  },
  kernel: {
    hello: "nothing",
    load: "objects",
    attach: "objects",
    detach: "objects",
    close: "objects",
    writeFile: "event",
    // What was read from trace_pipe is gone from it.
    readFile: "event",
    testRun: "event",
    updateMap: "element",
    deleteMap: "element",
    shell: "event",
    completeShell: "nothing",
    patch: "boot-part",
    define: "boot",
    restart: "boot",
    setEnvironment: "setting",
  },
  runs: {
    readInput: "nothing",
    runOnce: "last",
    // The replay makes this call itself.
    runsFrom: "nothing",
    step: "nothing",
    steps: "nothing",
    say: "nothing",
    chunk: "nothing",
    marks: "nothing",
    seek: "nothing",
    goOn: "nothing",
    stepAt: "nothing",
    slotsOf: "nothing",
    checkCondition: "nothing",
    mapsAt: "nothing",
    packetAt: "nothing",
    outputs: "nothing",
    traffic: "nothing",
    rounds: "nothing",
  },
  tools: {
    packets: "nothing",
    readCapture: "nothing",
    readDump: "nothing",
    dissect: "nothing",
    eventFormats: "nothing",
    paste: "nothing",
    render: "nothing",
    notations: "nothing",
    takeHome: "nothing",
    kernelCode: "nothing",
    context: "nothing",
    presets: "nothing",
    readDefinition: "nothing",
    speed: "nothing",
    compare: "nothing",
    realProgram: "nothing",
    callViews: "nothing",
    pictures: "nothing",
    judge: "nothing",
  },
  objects: {
    open: "last-setting",
    takeKernel: "last-setting",
    takeTypes: "last-setting",
    program: "nothing",
  },
  language: {
    complete: "nothing",
    signature: "nothing",
    hover: "nothing",
    hints: "nothing",
    folds: "nothing",
    words: "nothing",
    symbol: "nothing",
    rename: "nothing",
    format: "nothing",
    attach: "nothing",
  },
};

/** An answered call. */
export interface AnsweredCall {
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** A call to repeat, with the number of the run that it made. Runs keep their numbers even if earlier calls were forgotten. */
interface RepeatedCall {
  readonly call: AnsweredCall;
  readonly lifetime: Lifetime;
  readonly run: number | undefined;
}

/** A repeated event runs a program, which may take a tenth of a second. */
const MAX_EVENTS = 200;
const MAX_ELEMENTS = 1024;

const OUTLIVES: ReadonlySet<Lifetime> = new Set(["setting", "last-setting", "boot", "boot-part"] as const);
const BOOTS: ReadonlySet<Lifetime> = new Set(["boot", "boot-part"] as const);
const REPLACES: Readonly<Record<Lifetime, (old: AnsweredCall, by: AnsweredCall) => boolean>> = {
  nothing: () => false,
  objects: () => false,
  element: () => false,
  event: () => false,
  setting: () => false,
  last: (old, by) => old.method === by.method,
  "last-setting": (old, by) => old.method === by.method,
  boot: (old, by) => old.method === by.method,
  "boot-part": (old, by) => old.method === by.method && old.args[0] === by.args[0],
};

/** The calls to repeat, in order. */
export class CallsToRepeat {
  #entries: RepeatedCall[] = [];

  /** Called after a call was answered. `run`: the number of the run it made. */
  remember(call: AnsweredCall, run: number | undefined): void {
    const lifetime = lifetimeOf(call.method);
    if (lifetime === "nothing") return;
    this.#entries = this.#entries.filter(
      (old) => !(BOOTS.has(lifetime) && !OUTLIVES.has(old.lifetime)) && !REPLACES[lifetime](old.call, call),
    );
    this.#entries.push({ call, lifetime, run });
    this.#forget("event", MAX_EVENTS);
    this.#forget("element", MAX_ELEMENTS);
  }

  /** Each call, after the call that sets the number of its run. */
  *calls(): Generator<AnsweredCall> {
    for (const { call, run } of this.#entries) {
      if (run !== undefined) yield { method: "runs.runsFrom", args: [run] };
      yield call;
    }
  }

  /** Drops the oldest entry of a lifetime if there are more than `most`. */
  #forget(lifetime: Lifetime, most: number): void {
    const those = this.#entries.filter((entry) => entry.lifetime === lifetime);
    if (those.length > most) this.#entries.splice(this.#entries.indexOf(those[0] as RepeatedCall), 1);
  }
}

function lifetimeOf(method: Method): Lifetime {
  const [group, name] = method.split(".") as [Group, string];
  // An unknown name is answered with an error and never gets here.
  return (LIFETIMES[group] as Readonly<Record<string, Lifetime>>)[name] ?? "nothing";
}
