// The programs of one object, each loaded on its own: the answer of Linux 6.18, and the cost of the verification.
import { ERRNO, errnoText } from "../../facts/errno.ts";
import { checkMapCreate } from "../../facts/map-create.ts";
import { type Load, loadOf } from "../../object/load.ts";
import type { BpfObject } from "../../object/object.ts";
import type { ObjectFunction } from "../../object/programs.ts";
import { type Refusal, refusalText } from "../../object/refusal.ts";
import { sectionMeaning } from "../../object/sections.ts";
import type { Target } from "../../object/target.ts";
import { judge } from "../judge.ts";

/** The line of one program, as `verify --json` prints it. */
export interface VerifyRow {
  readonly file: string;
  readonly program: string;
  readonly prog_type: string;
  readonly verdict: "accept" | "reject" | "not simulated";
  readonly errno: number;
  /** Microseconds in the verifier, without a log. */
  readonly us: number;
  /** The same counts as veristat: instructions processed, states kept, and the largest number of states at one time. */
  readonly insns: number;
  readonly states: number;
  readonly peak_states: number;
  /** Why there is no verdict, or why it was refused before the verifier saw it. */
  readonly message?: string;
  readonly log?: string;
}

export interface JudgeOptions {
  readonly file: string;
  readonly target: Target;
  /** The log of the programs with this name is included. */
  readonly logOf?: string | undefined;
  readonly logSize?: number | undefined;
}

const LOG_LEVEL = 2;

export const judgeObject = (object: BpfObject, options: JudgeOptions): VerifyRow[] =>
  object.programs.map((program) => judgeProgram(object, program, options));

function judgeProgram(object: BpfObject, program: ObjectFunction, options: JudgeOptions): VerifyRow {
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
    verdict: verdict.notSimulated === undefined ? verdict.verdict : "not simulated",
    errno: verdict.errno,
    us: Math.round(us),
    insns: verdict.insnsProcessed,
    states: verdict.totalStates,
    peak_states: verdict.peakStates,
    ...(verdict.notSimulated !== undefined && { message: needsText(verdict.notSimulated, load) }),
    ...(logged && { log: logged.log }),
  };
}

/** What is not simulated, with the kernel functions that the program calls. */
const needsText = (what: string, { kernelFunctions }: Load): string =>
  kernelFunctions.length === 0 ? what : `${what} (it calls ${kernelFunctions.join(", ")})`;

/** The first map that cannot be made, because libbpf makes all maps of an object before it loads a program. */
function refusedMap({ maps }: Load): { errno: number; message: string } | undefined {
  for (const map of maps) {
    const err = checkMapCreate(map);
    if (err < 0) return { errno: -err, message: `map ${map.name}: ${errnoText(err)}` };
  }
  return undefined;
}

/** The errno with which libbpf fails before it loads the program. 0: the program needs something that is not simulated here. */
function errnoOf({ id }: Refusal, progType: string): number {
  if (progType === "ext") return 0;
  return id === "extern-missing" || id === "attach-missing" ? ERRNO.ESRCH : ERRNO.EINVAL;
}
