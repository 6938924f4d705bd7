// What a new worker has to be asked so that it stands where the ended one stood: which calls are repeated, and how many.
// Each method of each group has its place in the table; one that is forgotten does not compile.
import type { Group, Method, SessionApi } from "./api.ts";

/** What an answered call leaves behind, and with it how long it has to be repeated. */
type Kept =
  /** Nothing: a question. */
  | "nothing"
  /** Descriptors, maps, what is attached: all of them, until the kernel is started anew. */
  | "objects"
  /** What it made happen: to forget an old one loses what it left in maps, not a descriptor. */
  | "event"
  /** Something that the next call of the method replaces, or a kernel started anew. */
  | "last"
  /** The same, but it outlives the kernel. */
  | "last-setting"
  /** All of them, whatever becomes of the kernel. */
  | "setting"
  /** It starts the kernel anew, and replaces what the method did before. */
  | "boot"
  /** The same; replaces only what it did with the same first argument. */
  | "boot-part";

export const KEPT: { readonly [Of in Group]: Readonly<Record<keyof SessionApi[Of], Kept>> } = {
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
    // May take a minute: nobody waits for that again unasked.
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
    // What was read of trace_pipe is gone from it.
    readFile: "event",
    testRun: "event",
    updateMap: "objects",
    deleteMap: "objects",
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
    // Said by the replay itself.
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

/** What is known of a call that was answered. */
export interface Call {
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** One to repeat, with the number of the run that it made: runs keep their numbers, whatever was forgotten before them. */
interface Entry {
  readonly call: Call;
  readonly kept: Kept;
  readonly run: number | undefined;
}

const MAX_EVENTS = 200;
/** As many descriptors as a process may have. */
const MAX_ENTRIES = 1024;

const OUTLIVES: ReadonlySet<Kept> = new Set(["setting", "last-setting", "boot", "boot-part"] as const);
const BOOTS: ReadonlySet<Kept> = new Set(["boot", "boot-part"] as const);
const REPLACES: Readonly<Record<Kept, (old: Call, by: Call) => boolean>> = {
  nothing: () => false,
  objects: () => false,
  event: () => false,
  setting: () => false,
  last: (old, by) => old.method === by.method,
  "last-setting": (old, by) => old.method === by.method,
  boot: (old, by) => old.method === by.method,
  "boot-part": (old, by) => old.method === by.method && old.args[0] === by.args[0],
};

/** The calls to repeat, in order. */
export class Journal {
  #entries: Entry[] = [];

  /** After a call was answered. `run`: the number of the run it made. */
  remember(call: Call, run: number | undefined): void {
    const kept = keptOf(call.method);
    if (kept === "nothing") return;
    this.#entries = this.#entries.filter(
      (old) => !(BOOTS.has(kept) && !OUTLIVES.has(old.kept)) && !REPLACES[kept](old.call, call),
    );
    this.#entries.push({ call, kept, run });
    this.#forget(({ kept }) => kept === "event", MAX_EVENTS);
    this.#forget(({ kept }) => !BOOTS.has(kept), MAX_ENTRIES);
  }

  /** Each with the number that its run is to have. */
  *calls(): Generator<Call> {
    for (const { call, run } of this.#entries) {
      if (run !== undefined) yield { method: "runs.runsFrom", args: [run] };
      yield call;
    }
  }

  /** Drops the oldest of some where there are more than `most`. */
  #forget(some: (entry: Entry) => boolean, most: number): void {
    const those = this.#entries.filter(some);
    if (those.length > most) this.#entries.splice(this.#entries.indexOf(those[0] as Entry), 1);
  }
}

function keptOf(method: Method): Kept {
  const [group, name] = method.split(".") as [Group, string];
  // A name that is no use case is answered with an error, and never gets here.
  return (KEPT[group] as Readonly<Record<string, Kept>>)[name] ?? "nothing";
}
