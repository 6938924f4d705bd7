// The programs of one object, each loaded by itself: what Linux 6.18 says of it, and what that cost.
import { ERRNO, errnoText } from "../../facts/errno.ts";
import { checkMapCreate } from "../../facts/map-create.ts";
import { type Load, loadOf } from "../../object/load.ts";
import type { BpfObject } from "../../object/object.ts";
import type { ObjectFunction } from "../../object/programs.ts";
import { type Refusal, refusalText } from "../../object/refusal.ts";
import { sectionMeaning } from "../../object/sections.ts";
import type { Target } from "../../object/target.ts";
import { judge } from "../judge.ts";

/** One program's line, as `verify --json` prints it. */
export interface Judged {
  readonly file: string;
  readonly program: string;
  readonly prog_type: string;
  readonly verdict: "accept" | "reject" | "not simulated";
  readonly errno: number;
  /** Microseconds that the verifier took, without a log. */
  readonly us: number;
  /** As veristat counts: instructions processed, states kept, the most at one time. */
  readonly insns: number;
  readonly states: number;
  readonly peak_states: number;
  /** Why it came to no verdict, or was refused before the verifier saw it. */
  readonly message?: string;
  readonly log?: string;
}

export interface JudgeOptions {
  readonly file: string;
  readonly target: Target;
  /** Writes the log of the programs that are named so. */
  readonly logOf?: string | undefined;
  readonly logSize?: number | undefined;
}

const LOG_LEVEL = 2;

export const judgeObject = (object: BpfObject, options: JudgeOptions): Judged[] =>
  object.programs.map((program) => judgeProgram(object, program, options));

function judgeProgram(object: BpfObject, program: ObjectFunction, options: JudgeOptions): Judged {
  const progType = sectionMeaning(program.sectionName)?.progType ?? "unspec";
  const base = { file: options.file, program: program.name, prog_type: progType };
  const none = { us: 0, insns: 0, states: 0, peak_states: 0 };
  const loaded = loadOf(object, program, options.target);
  if (!loaded.ok) {
    const errno = errnoOf(loaded.refusal, progType);
    const message = refusalText(loaded.refusal, "en");
    return { ...base, ...none, verdict: errno === 0 ? "not simulated" : "reject", errno, message };
  }
  const load = loaded.value;
  const refused = refusedMap(load);
  if (refused !== undefined) return { ...base, ...none, verdict: "reject", ...refused };
  const now = (): number => performance.now() * 1000;
  const { seen: verdict, us, errno } = judge(load.program, { logLevel: 0, watched: { now } });
  if (!verdict) return { ...base, ...none, verdict: "reject", errno, message: errnoText(-errno) };
  const wanted = options.logOf === program.name;
  const logSize = options.logSize === undefined ? {} : { logSize: options.logSize };
  const logged = wanted ? judge(load.program, { logLevel: LOG_LEVEL, ...logSize }) : undefined;
  return {
    ...base,
    verdict: verdict.unsupported === undefined ? verdict.verdict : "not simulated",
    errno: verdict.errno,
    us: Math.round(us),
    insns: verdict.insnsProcessed,
    states: verdict.totalStates,
    peak_states: verdict.peakStates,
    ...(verdict.unsupported !== undefined && { message: verdict.unsupported }),
    ...(logged && { log: logged.log }),
  };
}

/** A map that cannot be made: libbpf makes all of an object's maps before it loads a program. */
function refusedMap({ maps }: Load): { errno: number; message: string } | undefined {
  for (const map of maps) {
    const err = checkMapCreate(map);
    if (err < 0) return { errno: -err, message: `map ${map.name}: ${errnoText(err)}` };
  }
  return undefined;
}

/** What libbpf's load returns where it comes to none; 0: what it would need is not simulated here. */
function errnoOf({ id }: Refusal, progType: string): number {
  if (progType === "ext") return 0;
  return id === "extern-missing" || id === "attach-missing" ? ERRNO.ESRCH : ERRNO.EINVAL;
}
