// What an object names but does not define: values of the kernel's configuration (`extern bool CONFIG_X __kconfig`), and variables and
// functions of the kernel (`__ksym`).
// @kernel libbpf.c bpf_object__collect_externs, bpf_object__resolve_externs
import { viewOf } from "../base/bytes.ts";
import type { Btf } from "./btf/btf.ts";
import { essentialName } from "./btf/btf.ts";
import { typesAreCompatible } from "./core/compatible.ts";
import { type Elf, isExtern, STB_WEAK } from "./elf.ts";
import { refuse } from "./refusal.ts";
import type { Target } from "./target.ts";

type ConfigType = "bool" | "tristate" | "char" | "int" | "text";

interface ExternBase {
  readonly name: string;
  /** Index of its symbol. Relocations refer to it. */
  readonly symbol: number;
  readonly weak: boolean;
}

/** A value of .kconfig. */
export interface ConfigExtern extends ExternBase {
  readonly kind: "kconfig";
  readonly type: ConfigType;
  readonly signed: boolean;
  readonly size: number;
  readonly align: number;
  /** Offset in the map .kconfig, in bytes. */
  readonly offset: number;
}

/** A variable or function of .ksyms. */
export interface KernelExtern extends ExternBase {
  readonly kind: "ksym";
  readonly isFunction: boolean;
  /** Its type in the object's BTF. 0: it is declared `void`, so only its address is needed. */
  readonly type: number;
}

export type Extern = ConfigExtern | KernelExtern;

const EXTERN_LINKAGE = 2;
const INT_SIGNED = 1;
const INT_BOOL = 4;

/** The externs in libbpf's order, which gives them their numbers. */
export function readExterns(elf: Elf, btf: Btf | undefined): Extern[] {
  const symbols = elf.symbols.filter((symbol) => isExtern(symbol) && symbol.name !== "");
  if (symbols.length === 0) return [];
  if (btf === undefined) return refuse("no-btf", { what: `extern ${symbols[0]!.name}` });
  const sections = sectionOfTypes(btf);
  const found = symbols.map((symbol): Extern => {
    const { name } = symbol;
    const id = btf
      .named(name)
      .find(
        (one) =>
          (btf.kind(one) === "var" ? btf.word(one) : btf.kind(one) === "func" ? btf.vlen(one) : -1) === EXTERN_LINKAGE,
      );
    if (id === undefined) return refuse("extern-btf", { name });
    const base = { name, symbol: symbol.index, weak: symbol.bind === STB_WEAK };
    const section = sections.get(id) ?? "none";
    const isFunction = btf.kind(id) === "func";
    if (section === ".ksyms") {
      const type = btf.strip(btf.type(id));
      return { ...base, kind: "ksym", isFunction, type };
    }
    if (section !== ".kconfig" || isFunction) return refuse("extern-section", { name, section });
    return { ...base, kind: "kconfig", offset: 0, ...configType(btf, name, btf.type(id)) };
  });
  found.sort(byLibbpfOrder);
  let end = 0;
  return found.map((extern) => {
    if (extern.kind !== "kconfig") return extern;
    const offset = Math.ceil(end / extern.align) * extern.align;
    end = offset + extern.size;
    return { ...extern, offset };
  });
}

/** Configuration values first. Among them the largest alignment first, then the smallest size. */
function byLibbpfOrder(a: Extern, b: Extern): number {
  if (a.kind !== b.kind) return a.kind === "kconfig" ? -1 : 1;
  if (a.kind === "kconfig" && b.kind === "kconfig") {
    if (a.align !== b.align) return b.align - a.align;
    if (a.size !== b.size) return a.size - b.size;
  }
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function sectionOfTypes(btf: Btf): ReadonlyMap<number, string> {
  const sections = new Map<number, string>();
  for (let id = 1; id < btf.count; id++) {
    if (btf.kind(id) !== "datasec") continue;
    for (let i = 0; i < btf.vlen(id); i++) sections.set(btf.variable(id, i).type, btf.name(id));
  }
  return sections;
}

function configType(btf: Btf, name: string, type: number): Pick<ConfigExtern, "type" | "signed" | "size" | "align"> {
  const stripped = btf.strip(type);
  const kind = btf.kind(stripped);
  const fail = (): never => refuse("extern-type", { name, found: `${kind} ${btf.name(stripped)}`.trim() });
  const size = btf.sizeOf(stripped) ?? 0;
  const align = btf.alignOf(stripped);
  if (size === 0 || align === 0) return fail();
  const typed = (type: ConfigType, signed = false) => ({ type, signed, size, align });
  if (kind === "int") {
    const encoding = btf.word(stripped) >>> 24;
    if (encoding & INT_BOOL) return size === 1 ? typed("bool") : fail();
    const signed = (encoding & INT_SIGNED) !== 0;
    if (size === 1) return typed("char", signed);
    return [2, 4, 8].includes(size) ? typed("int", signed) : fail();
  }
  if (btf.isEnum(stripped)) return btf.name(stripped) === "libbpf_tristate" ? typed("tristate") : fail();
  if (kind !== "array") return fail();
  const element = btf.strip(btf.array(stripped).type);
  return btf.kind(element) === "int" && btf.size(element) === 1 ? typed("text") : fail();
}

/** The contents of the map .kconfig. */
export function configBytes(externs: readonly Extern[], target: Target): Uint8Array {
  const values = externs.filter((extern): extern is ConfigExtern => extern.kind === "kconfig");
  const last = values.at(-1);
  const bytes = new Uint8Array(last === undefined ? 0 : last.offset + last.size);
  for (const extern of values) {
    const value = settingOf(extern, target);
    if (value !== undefined) writeSetting(bytes, extern, value);
    else if (!extern.weak) refuse("extern-missing", { name: extern.name, where: "the kernel's configuration" });
  }
  return bytes;
}

/** The value of a setting: one that libbpf itself knows, or one of the kernel's configuration. */
function settingOf({ name, weak }: ConfigExtern, target: Target): string | undefined {
  switch (name) {
    case "LINUX_KERNEL_VERSION":
      return String(target.version);
    case "LINUX_HAS_BPF_COOKIE":
      return "1";
    // libbpf tests for a probe on a system call's wrapper, which needs a kernel with kprobe events.
    case "LINUX_HAS_SYSCALL_WRAPPER":
      return target.config.get("CONFIG_KPROBE_EVENTS") === "y" ? "1" : "0";
  }
  if (name.startsWith("CONFIG_")) return target.config.get(name);
  if (!name.startsWith("LINUX_") || !weak) refuse("extern-missing", { name, where: "what libbpf knows" });
  return "0";
}

function writeSetting(bytes: Uint8Array, extern: ConfigExtern, value: string): void {
  const { name, type, size, offset, signed } = extern;
  const fail = (): never => refuse("extern-value", { name, value });
  const view = viewOf(bytes);
  if (/^[ymn]$/.test(value)) {
    if (type === "bool") bytes[offset] = value === "m" ? fail() : Number(value === "y");
    else if (type === "tristate") view.setUint32(offset, "nym".indexOf(value), true);
    else if (type === "char") bytes[offset] = value.charCodeAt(0);
    else fail();
    return;
  }
  if (value.startsWith('"')) {
    if (type !== "text" || !value.endsWith('"') || value.length < 2) fail();
    const text = value.slice(1, -1).slice(0, size - 1);
    for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i) & 0xff;
    return;
  }
  if (!/^-?(?:0[xX][0-9a-fA-F]+|\d+)$/.test(value) || !["int", "char", "bool"].includes(type)) fail();
  const number = value.startsWith("-") ? -BigInt(value.slice(1)) : BigInt(value);
  const bits = 8 * size;
  const fits =
    type === "bool"
      ? number === 0n || number === 1n
      : signed
        ? BigInt.asIntN(bits, number) === number
        : BigInt.asUintN(bits, number) === BigInt.asUintN(64, number);
  if (!fits) fail();
  for (let i = 0; i < size; i++) bytes[offset + i] = Number(BigInt.asUintN(8, number >> BigInt(8 * i)));
}

/** What is put into an instruction that uses the extern. */
export type ResolvedExtern =
  | { readonly kind: "type"; readonly id: number }
  | { readonly kind: "address"; readonly address: bigint }
  | { readonly kind: "nothing" };

/** @kernel libbpf.c bpf_object__resolve_ksym_var_btf_id, bpf_object__resolve_ksym_func_btf_id */
export function resolveKernelExtern(extern: KernelExtern, btf: Btf, target: Target): ResolvedExtern {
  const { name, weak, type, isFunction } = extern;
  const missing = (where: string): ResolvedExtern =>
    weak ? { kind: "nothing" } : refuse("extern-missing", { name, where });
  if (type === 0) {
    const address = target.addressOf(name);
    return address === undefined ? missing("the kernel's symbols") : { kind: "address", address };
  }
  const kernel = target.btf;
  if (kernel === undefined) return missing("the kernel's BTF");
  const id = kernel.find(isFunction ? essentialName(name) : name, isFunction ? "func" : "var");
  if (id === undefined) return missing("the kernel's BTF");
  const theirs = isFunction ? kernel.type(id) : kernel.strip(kernel.type(id));
  if (typesAreCompatible(btf, type, kernel, theirs)) return { kind: "type", id };
  return isFunction && weak ? { kind: "nothing" } : refuse("extern-differs", { name });
}
