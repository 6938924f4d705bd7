// The functions of a program as the verifier needs them, from the object's BTF: which arguments each takes, and whether it is global.
// @kernel btf.c btf_prepare_func_args, btf_is_prog_ctx_type
import { progTypeByName } from "../facts/prog-types.ts";
import type { FuncInfo, FuncParam } from "../program/program.ts";
import type { Btf } from "./btf/btf.ts";
import { refuse } from "./refusal.ts";

const STATIC_LINKAGE = 0;

/** `isStatic`: the symbol is hidden, so libbpf makes the function static. */
export function functionInfo(btf: Btf, func: number, progType: string, isStatic: boolean): FuncInfo {
  const found = btf.has(func) ? btf.kind(func) : "none";
  if (found !== "func") return refuse("btf-kind", { id: func, found, expected: "func", what: "func_info" });
  const proto = btf.type(func);
  if (btf.kind(proto) !== "func_proto")
    return refuse("btf-kind", { id: proto, found: btf.kind(proto), expected: "func_proto", what: btf.name(func) });
  const tags = tagsOf(btf, func);
  const returned = btf.strip(btf.type(proto));
  return {
    name: btf.name(func),
    global: !isStatic && btf.vlen(func) !== STATIC_LINKAGE,
    params: Array.from({ length: btf.vlen(proto) }, (_, i) =>
      parameter(btf, btf.param(proto, i).type, progType, tags.get(i) ?? []),
    ),
    ...(tags.size > 0 && { tagged: [...tags.keys()] }),
    returns: btf.kind(returned) === "int" || btf.isEnum(returned) ? "int" : "void",
  };
}

const TAG = "arg:";
const KNOWN_TAGS = new Set(["ctx", "trusted", "untrusted", "nonnull", "nullable", "arena"]);

/** Parameter → its declaration tags. Parameters without tags are left out. */
function tagsOf(btf: Btf, func: number): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const id of declTags(btf)) {
    if (btf.type(id) !== func || !btf.name(id).startsWith(TAG)) continue;
    const parameter = btf.word(id);
    found.set(parameter, [...(found.get(parameter) ?? []), btf.name(id).slice(TAG.length)]);
  }
  return found;
}

const tagIndex = new WeakMap<Btf, readonly number[]>();

/** All declaration tags of a BTF. */
export function declTags(btf: Btf): readonly number[] {
  let tags = tagIndex.get(btf);
  if (tags === undefined) {
    const found: number[] = [];
    for (let id = 1; id < btf.count; id++) if (btf.kind(id) === "decl_tag") found.push(id);
    tagIndex.set(btf, (tags = found));
  }
  return tags;
}

function parameter(btf: Btf, type: number, progType: string, tags: readonly string[]): FuncParam {
  const badTags = (text: string): FuncParam => ({ badTags: text });
  const has = (tag: string): boolean => tags.includes(tag);
  if (tags.some((tag) => !KNOWN_TAGS.has(tag))) return badTags("has unsupported set of tags");
  const stripped = btf.strip(type);
  if (btf.kind(stripped) !== "ptr") {
    if (tags.length > 0) return badTags("has pointer tag, but is not a pointer type");
    if (btf.kind(stripped) === "int" || btf.isEnum(stripped)) return "int";
    return { unsupported: kindText(btf, stripped) };
  }
  if (has("ctx") || isContext(btf, btf.type(stripped), progType)) {
    return tags.some((tag) => tag !== "ctx") ? badTags("has invalid combination of tags") : "ctx";
  }
  const target = btf.strip(btf.type(stripped));
  if (btf.kind(target) === "struct" && /^bpf_dynptr(?:_kern)?$/.test(btf.name(target)))
    return tags.length > 0
      ? badTags("has invalid combination of tags")
      : { notSimulated: "dynptr parameters of functions" };
  if (has("trusted"))
    return has("nonnull")
      ? badTags("has invalid combination of tags")
      : { notSimulated: "kernel structures as parameters" };
  if (has("untrusted")) return { notSimulated: "untrusted memory as parameters" };
  if (has("arena")) return { notSimulated: "arenas" };
  if (has("nullable")) return badTags("has invalid combination of tags");
  const size = btf.sizeOf(target);
  if (size === undefined) return { unsized: `${kindText(btf, target)} ${btf.name(target)}` };
  return { mem: size, ...(has("nonnull") && { nonnull: true }) };
}

/** The kind as the kernel's messages spell it. */
const kindText = (btf: Btf, id: number): string => {
  const kind = btf.kind(id);
  return kind === "void" ? "UNKNOWN" : kind.toUpperCase();
};

/** UAPI name of a context structure → its name inside the kernel. */
const KERNEL_NAMES: Readonly<Record<string, string>> = { __sk_buff: "sk_buff", xdp_md: "xdp_buff" };

function isContext(btf: Btf, pointed: number, progType: string): boolean {
  if (progType === "kprobe") {
    let id = pointed;
    while (["const", "volatile", "restrict", "type_tag"].includes(btf.kind(id))) id = btf.type(id);
    if (btf.kind(id) === "typedef" && btf.name(id) === "bpf_user_pt_regs_t") return true;
  }
  const target = btf.strip(pointed);
  if (btf.kind(target) !== "struct") return false;
  const wanted = progTypeByName(progType)?.ctxStruct ?? "";
  const name = btf.name(target);
  if (progType === "kprobe" && name === "bpf_user_pt_regs_t") return true;
  return wanted !== "" && (name === wanted || name === KERNEL_NAMES[wanted]);
}
