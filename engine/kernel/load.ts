// BPF_PROG_LOAD, the only way to the verifier. First come the kernel's checks before the instructions, in its order. Then the
// verifier. Then the program is made and gets a descriptor. Its maps already exist, made by BPF_MAP_CREATE (map.ts).
// @kernel kernel/bpf/syscall.c bpf_prog_load, kernel/bpf/verifier.c bpf_check
import { ERRNO, errnoText } from "../facts/errno.ts";
import { isGplCompatible } from "../facts/license.ts";
import type { ProgType } from "../facts/types.ts";
import { BPF_DW, BPF_IMM, BPF_LD, BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_VALUE } from "../isa/codes.ts";
import type { Insn } from "../isa/insn.ts";
import type { NotSimulated } from "../program/not-simulated.ts";
import type { Program } from "../program/program.ts";
import { BPF_LOG_MASK, DEFAULT_LOG_SIZE, MAX_LOG_SIZE } from "../verifier/log/buffer.ts";
import { type Refusal, refusalOf } from "../verifier/refusals.ts";
import { BPF_COMPLEXITY_LIMIT_INSNS } from "../verifier/state/env.ts";
import { type Verdict, type VerifyOptions, verify } from "../verifier/verify.ts";
import { attachTypeAtLoad } from "./attach-types.ts";
import { type Answer, type Cause, refused } from "./cause.ts";
import type { Kernel } from "./kernel.ts";
import { isValidName } from "./names.ts";
import { type FdTarget, type MapObject, newProg } from "./objects.ts";
import type { Registry } from "./registry.ts";

/** The imm of a BPF_PSEUDO_MAP_FD or BPF_PSEUDO_MAP_VALUE load in `insns` is the descriptor of a map. */
export interface ProgLoadAttr extends Omit<Program, "progType" | "maps" | "mapRefs"> {
  /** enum bpf_prog_type */
  readonly progType: number;
  readonly progName: string;
  readonly logLevel: number;
  /** Size of the buffer for the log, in bytes. Left out: DEFAULT_LOG_SIZE. */
  readonly logSize?: number;
}

/** How the verifier is watched while it works. This does not change its answer, except that `progress` may stop it. */
export type VerifierHooks = Pick<VerifyOptions, "trace" | "progress" | "now" | "slotNumber">;

export interface Loaded extends Answer {
  /** The verifier's verdict. Absent if the call was refused before the verifier. */
  readonly verdict?: Verdict;
  /** Why the program was refused. It is the verifier's refusal, or one made from `cause`. */
  readonly refusal?: Refusal;
  /** A part of the kernel that the program needs and that is not simulated: see Verdict.notSimulated. */
  readonly notSimulated?: NotSimulated;
  /** Time in the verifier, in microseconds by `VerifierHooks.now`. 0 without it. */
  readonly us: number;
}

export function progLoad(kernel: Kernel, attr: ProgLoadAttr, watched: VerifierHooks = {}): Loaded {
  const checked = checkAttributes(kernel, attr);
  if (!("type" in checked)) {
    const { cause, ret } = checked;
    if (cause?.check === "not-simulated") return { ...checked, us: 0, notSimulated: cause.what };
    const refusal =
      cause?.check === "insn-cnt"
        ? refusalOf("program-size", { insns: cause.count })
        : refusalOf("load-attributes", { errno: errnoText(ret) });
    return { ...checked, us: 0, refusal };
  }
  const { progType: _, progName, logLevel, logSize = DEFAULT_LOG_SIZE, ...given } = attr;
  const targets = mapTargets(kernel, attr.insns);
  const maps = [...new Set([...targets.values()].filter((target) => typeof target !== "number"))];
  const program: Program = {
    ...given,
    progType: checked.type.name,
    expectedAttachType: checked.expectedAttachType,
    maps: maps.map(({ def }) => def),
    mapRefs: new Map([...targets].map(([slot, map]) => [slot, typeof map === "number" ? map : maps.indexOf(map)])),
  };

  const start = watched.now?.() ?? 0;
  const verdict = verify(program, { logLevel, logSize, progType: checked.type, ...watched });
  const { notSimulated, refusal } = verdict;
  const judged = {
    verdict,
    us: (watched.now?.() ?? 0) - start,
    ...(refusal && { refusal }),
    ...(notSimulated !== undefined && { notSimulated }),
  };
  if (!verdict.rewriteInput) return { ...judged, ...refused(verdict.errno || ERRNO.EOPNOTSUPP, { check: "verifier" }) };

  const mapsBySlot = new Map(
    [...targets].flatMap(([slot, map]) => (typeof map === "number" ? [] : [[slot, map.map] as const])),
  );
  const prog = newProg(kernel.memory, mapsBySlot, {
    id: kernel.nextProgId(),
    type: checked.type,
    expectedAttachType: checked.expectedAttachType,
    name: progName,
    insns: attr.insns,
    rewriteInput: verdict.rewriteInput,
    gplCompatible: isGplCompatible(attr.license),
    maps,
    loadTime: kernel.seconds(),
  });
  for (const map of maps) map.refs++;
  kernel.progs.set(prog.id, prog);
  const fd = kernel.fds.install(prog);
  if (fd >= 0) return { ...judged, ret: fd };
  kernel.put(prog);
  return { ...judged, ...refused(-fd, { check: "descriptors" }) };
}

/** Known flags: BPF_F_STRICT_ALIGNMENT … BPF_F_TEST_REG_INVARIANTS. BPF_F_TOKEN_FD is missing, because there are no tokens here. */
const PROG_FLAGS = 0xff;

interface Admitted {
  readonly type: ProgType;
  readonly expectedAttachType: number;
}

function checkAttributes(registry: Registry, attr: ProgLoadAttr): Admitted | Answer {
  const { EINVAL, E2BIG } = ERRNO;
  const { definition, steps } = registry;
  const no = (errno: number, cause: Cause): Answer => refused(errno, cause);
  const unknown = attr.progFlags & ~PROG_FLAGS;
  if (unknown !== 0) return no(EINVAL, { check: "prog-flags", flags: unknown >>> 0 });
  const count = attr.insns.length;
  if (count === 0 || count > BPF_COMPLEXITY_LIMIT_INSNS)
    return no(E2BIG, { check: "insn-cnt", count, most: BPF_COMPLEXITY_LIMIT_INSNS });
  // The kernel checks the attach type before it checks that the program type exists. Both fail with the same errno.
  const type = registry.progType(attr.progType);
  const isDefined = attr.progType === definition.type.id;
  if (!type)
    return no(EINVAL, { check: "prog-type", progType: attr.progType, ...(isDefined && !steps[0] && { step: 1 }) });
  const unseen = type.errnoBeforeVerifier(attr.expectedAttachType);
  if (type.notSimulated && unseen !== 0) return no(unseen, { check: "not-simulated", what: type.notSimulated });
  const expectedAttachType = attachTypeAtLoad(type.name, attr.expectedAttachType);
  // Step 2 adds the definition's case to bpf_prog_load_check_attach. Before that any attach type is accepted for it.
  const taken = type.notSimulated === null && !(isDefined && !steps[1]) ? type.attachTypes : undefined;
  if (taken && !taken.includes(expectedAttachType))
    return no(EINVAL, { check: "expected-attach-type", given: attr.expectedAttachType, taken });
  if (!isValidName(attr.progName)) return no(EINVAL, { check: "prog-name", name: attr.progName });
  if (!isValidLog(attr))
    return no(EINVAL, { check: "log", level: attr.logLevel, size: attr.logSize ?? DEFAULT_LOG_SIZE });
  return { type, expectedAttachType };
}

/** Whether level and buffer go together: a level needs a buffer. @kernel log.c bpf_verifier_log_attr_valid */
const isValidLog = ({ logLevel, logSize = DEFAULT_LOG_SIZE }: ProgLoadAttr): boolean =>
  logLevel === 0 || ((logLevel & ~BPF_LOG_MASK) === 0 && logSize > 0 && logSize <= MAX_LOG_SIZE);

/** Slot of each load of a map → the map. If its imm is not the descriptor of a map: → the negative errno. */
function mapTargets(kernel: Kernel, insns: readonly Insn[]): Map<number, MapObject | number> {
  const maps = new Map<number, MapObject | number>();
  for (let slot = 0; slot < insns.length; slot++) {
    const { code, src, imm } = insns[slot] as Insn;
    if (code !== (BPF_LD | BPF_IMM | BPF_DW)) continue;
    if (src === BPF_PSEUDO_MAP_FD || src === BPF_PSEUDO_MAP_VALUE) {
      const target: FdTarget | undefined = kernel.fds.get(imm);
      maps.set(slot, !target ? -ERRNO.EBADF : target.kind === "map" ? target : -ERRNO.EINVAL);
    }
    slot++;
  }
  return maps;
}
