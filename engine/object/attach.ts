// What in the kernel a program attaches to: the BTF id of the function, hook or iterator that its section names.
// @kernel libbpf.c libbpf_find_attach_btf_id, find_kernel_btf_id
import { uapiConstant } from "../facts/uapi.ts";
import type { Kind } from "./btf/btf.ts";
import type { ObjectFunction } from "./programs.ts";
import { refuse } from "./refusal.ts";
import type { SectionMeaning } from "./sections.ts";
import { type StructOpsMember, structOpsTarget } from "./struct-ops.ts";
import type { Target } from "./target.ts";

/** Attach type → the prefix of the name in the kernel's BTF, and the kind of the type. */
const PREFIXES: Readonly<Record<string, readonly [prefix: string, kind: Kind]>> = {
  BPF_TRACE_RAW_TP: ["btf_trace_", "typedef"],
  BPF_LSM_MAC: ["bpf_lsm_", "func"],
  BPF_LSM_CGROUP: ["bpf_lsm_", "func"],
  BPF_TRACE_ITER: ["bpf_iter_", "func"],
};

/** Two arguments of BPF_PROG_LOAD that say what the program attaches to. */
interface AttachArgs {
  /** 0: the section names nothing in the kernel. */
  readonly attachBtfId: number;
  readonly attachType: number;
}

export function attachArgsOf(
  program: ObjectFunction,
  meaning: SectionMeaning,
  target: Target,
  members: ReadonlyMap<string, StructOpsMember>,
): AttachArgs {
  const { attachType, progType } = meaning;
  if (progType === "struct_ops") {
    if (!members.has(program.name)) return refuse("struct-ops-unused", { name: program.name });
    if (target.btf === undefined) return refuse("no-btf", { what: `program ${program.name}` });
    return (
      structOpsTarget(program, members, target.btf) ??
      refuse("attach-missing", { name: program.name, what: `struct ${members.get(program.name)!.type}` })
    );
  }
  return { attachType, attachBtfId: meaning.attachesByBtf ? attachTarget(program, meaning, target) : 0 };
}

function attachTarget(program: ObjectFunction, meaning: SectionMeaning, target: Target): number {
  const { name, sectionName } = program;
  const slash = sectionName.indexOf("/");
  if (slash < 0) return refuse("attach-target", { name, section: sectionName, expected: `${sectionName}/NAME` });
  // A freplace program replaces a function of a program that is already loaded.
  if (meaning.progType === "ext")
    return refuse("attach-target", {
      name,
      section: sectionName,
      expected: "a loaded program to replace a function of",
    });
  if (target.btf === undefined) return refuse("no-btf", { what: `program ${name}` });
  const [prefix, kind] =
    Object.entries(PREFIXES).find(([type]) => Number(uapiConstant(type)) === meaning.attachType)?.[1] ??
    (["", "func"] as const);
  const wanted = prefix + sectionName.slice(slash + 1);
  return target.btf.find(wanted, kind) ?? refuse("attach-missing", { name, what: wanted });
}
