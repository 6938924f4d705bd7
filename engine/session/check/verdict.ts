// What the page is told about a load: verdict, message, log, and where it ended.
import { ERRNO, errnoName, errnoText } from "../../facts/errno.ts";
import type { MapFailure } from "../../kernel/loader.ts";
import { codeOf } from "../../verifier/log/kinds.ts";
import { NO_LINES } from "../../verifier/log/line-table.ts";
import type { Verdict } from "../../verifier/verify.ts";
import type { CheckView } from "../views/check.ts";
import type { LoadResult } from "./load.ts";
import type { LogText } from "./log-text.ts";

type VerdictFields = Omit<
  CheckView,
  "revision" | "diagnostics" | "slots" | "typeInSource" | "attach" | "maps" | "mapPlaces" | "pasted"
>;

/** The answer when no verifier ran. */
const NO_VERDICT: VerdictFields = {
  verdict: "error",
  notSimulated: "",
  errno: 0,
  errnoName: "",
  message: "",
  messageLine: -1,
  messageSlot: -1,
  refusal: null,
  refusedCall: null,
  log: "",
  logCut: 0,
  logHead: 0,
  logBrief: false,
  logKinds: NO_LINES.kinds,
  logSlots: NO_LINES.slots,
  logStates: NO_LINES.stateColumns,
  insnsProcessed: 0,
  us: 0,
};

/** The answer when the source does not assemble. */
export const notAssembledView = (diagnostics: CheckView["diagnostics"]): VerdictFields => ({
  ...NO_VERDICT,
  message: diagnostics.find(({ severity }) => severity === "error")?.message ?? "",
});

/** `log`: the log of that verdict. */
export function loadedView(loaded: LoadResult, log: LogText): VerdictFields {
  if ("map" in loaded) return noMapView(loaded);
  const { verdict, notSimulated = "", cause, refusal = null, ret } = loaded;
  const notHere = notSimulated === "" ? undefined : `not simulated here: ${notSimulated}`;
  if (!verdict) {
    return {
      ...NO_VERDICT,
      verdict: notHere ? "error" : "reject",
      notSimulated,
      ...errnoOf(-ret),
      message: notHere ?? errnoText(ret),
      refusal,
      refusedCall: cause ? { call: "prog-load", map: "", key: "", cause } : null,
    };
  }
  const { errno } = verdict;
  const written = {
    ...logView(verdict, log),
    logBrief: loaded.resultOnly,
    us: Math.round(loaded.us),
    ...errnoOf(errno),
  };
  // Neither accepted nor refused: it took too long.
  if (errno === ERRNO.EAGAIN) {
    const walked = verdict.insnsProcessed;
    const message = `the verification was stopped after ${walked} instructions: it takes too long here`;
    return { ...NO_VERDICT, ...written, message };
  }
  const why = refusal === null || refusal.id === "log-full" ? -1 : written.logKinds.lastIndexOf(codeOf.refusal);
  const inLog = why >= 0 ? (written.log.split("\n")[why] as string) : errno === 0 ? "" : errnoText(errno);
  return {
    ...NO_VERDICT,
    ...written,
    verdict: notHere ? "error" : verdict.verdict,
    notSimulated,
    message: notHere ?? inLog,
    messageLine: why,
    messageSlot: refusal?.slot ?? -1,
    refusal,
  };
}

function noMapView({ ret, cause, map, call, key = "", refusal }: MapFailure): VerdictFields {
  const message = `map ${map.name}${key && `, key ${key}`}: ${errnoText(ret)}`;
  const refused = cause ? { call, map: map.name, key, cause } : null;
  return { ...NO_VERDICT, verdict: "reject", ...errnoOf(-ret), message, refusal, refusedCall: refused };
}

const errnoOf = (errno: number) => ({ errno, errnoName: errno === 0 ? "" : errnoName(errno) });

function logView({ insnsProcessed }: Verdict, log: LogText) {
  const { text, cut, head, lines } = log.shown();
  const { kinds: logKinds, slots: logSlots, stateColumns: logStates } = lines;
  return { log: text, logCut: cut, logHead: head, logKinds, logSlots, logStates, insnsProcessed };
}
