// bpftool prog and bpftool map. The output is what the real bpftool would print for the programs and maps loaded here.
// Format: tools/bpf/bpftool/prog.c print_prog_plain, map.c show_map_close_plain, xlated_dumper.c dump_xlated_plain.
import { formatInsn } from "../disasm/kernel.ts";
import { helperName } from "../facts/helpers.ts";
import { mapTypeByName } from "../facts/map-types.ts";
import {
  BPF_CALL,
  BPF_JMP,
  BPF_PSEUDO_CALL,
  BPF_PSEUDO_FUNC,
  BPF_PSEUDO_MAP_FD,
  BPF_PSEUDO_MAP_VALUE,
} from "../isa/codes.ts";
import type { Insn } from "../isa/insn.ts";
import { INSN_BYTES, insnHex, isLdImm64 } from "../isa/insn.ts";
import { slotsOf } from "../program/flow.ts";
import type { Kernel } from "./kernel.ts";
import type { MapObject, Prog } from "./objects.ts";
import { progTag } from "./prog-info.ts";
import { failed as failedWith, ok, type Ran } from "./ran.ts";
import { xlatedOf } from "./xlated.ts";

/** bpftool ends with status 255 when it fails. "": it fails without a message. */
const failed = (err: string): Ran => failedWith(err === "" ? "" : `${err}\n`, 255);

export function bpftool(kernel: Kernel, args: readonly string[]): Ran {
  const [object, verb = "show", ...rest] = args.filter((arg) => !/^-[jpfndl]+$/.test(arg));
  if (object === "version" || args.includes("-V") || args.includes("--version"))
    return ok("bpftool v7.1.0\nusing libbpf v1.1\n");
  if (object === undefined || object === "help") return ok(USAGE);
  if (object !== "" && "program".startsWith(object)) return prog(kernel, verb, rest);
  if (object === "map") return map(kernel, verb, rest);
  return failed(`${USAGE}(${object} is not simulated here)`);
}

const USAGE = `Usage: bpftool [OPTIONS] OBJECT { COMMAND | help }
       bpftool version

       OBJECT := { prog | map }
       bpftool prog { show | list } [PROG]
       bpftool prog dump xlated PROG [{ opcodes }]
       bpftool map { show | list } [id MAP_ID]
       bpftool map dump id MAP_ID
       PROG := { id PROG_ID | tag PROG_TAG | name PROG_NAME }
`;

function prog(kernel: Kernel, verb: string, args: readonly string[]): Ran {
  const all = [...kernel.progs.values()];
  if (verb === "show" || verb === "list") {
    if (args.length === 0) return ok(all.map((one) => progText(kernel, one)).join(""));
    const found = pick(all, PROG_SELECTORS, "get", args);
    return typeof found === "string" ? failed(found) : ok(found.map((one) => progText(kernel, one)).join(""));
  }
  if (verb === "dump") {
    const [kind, ...which] = args;
    if (kind !== "xlated")
      return failed(
        kind === "jited"
          ? "Error: no instructions returned"
          : `Error: expected 'xlated' or 'jited', got: ${kind ?? "(null)"}`,
      );
    const words = which.filter((arg) => arg !== "opcodes");
    const found = pick(all, PROG_SELECTORS, "get", words);
    if (typeof found === "string") return failed(found);
    return ok(found.map((one) => xlatedText(one, which.includes("opcodes"))).join("\n"));
  }
  return failed(
    NOT_SIMULATED.includes(verb)
      ? `bpftool prog ${verb} is not simulated here; Load, Attach and the file do what it is for`
      : `Error: unknown command '${verb}'`,
  );
}

/** Commands that only the real bpftool has. They change or watch something. */
const NOT_SIMULATED: readonly string[] = ["load", "loadall", "attach", "detach", "pin", "run", "profile", "tracelog"];

/** How `id 4`, `tag b114…` or `name foo` selects objects. */
type Selectors<Of> = Readonly<Record<string, (one: Of, value: string) => boolean>>;

const PROG_SELECTORS: Selectors<Prog> = {
  id: ({ id }, value) => id === Number(value),
  tag: ({ insns }, value) => progTag(insns) === value,
  name: ({ name }, value) => name === value,
};
const MAP_SELECTORS: Selectors<MapObject> = {
  id: ({ id }, value) => id === Number(value),
  name: ({ def }, value) => def.name === value,
};

/** The objects that two words select. If there is none: the error message, "" for a tag or a name. `what`: the words before `by id`. */
function pick<Of>(
  all: readonly Of[],
  selectors: Selectors<Of>,
  what: string,
  [by, value]: readonly string[],
): Of[] | string {
  const test = by !== undefined && Object.hasOwn(selectors, by) ? selectors[by] : undefined;
  const known = Object.keys(selectors).map((name) => `'${name}'`);
  if (!test) return `Error: expected ${known.join(", ")} or 'pinned', got: '${by ?? "(null)"}'?`;
  if (value === undefined) return `Error: what is '${by}'?`;
  const found = all.filter((one) => test(one, value));
  if (found.length > 0) return found;
  return by === "id" ? `Error: ${what} by id (${value}): No such file or directory` : "";
}

/** This bpftool was built for a kernel without the definition's type. So it prints that type's number. */
function progText(kernel: Kernel, one: Prog): string {
  const type = one.type.id === kernel.definition.type.id ? `type ${one.type.id}` : one.type.name;
  const maps = one.maps.length > 0 ? `  map_ids ${one.maps.map(({ id }) => id).join(",")}` : "";
  return (
    `${one.id}: ${type}  ${one.name === "" ? "" : `name ${one.name}  `}tag ${progTag(one.insns)}${one.gplCompatible ? "  gpl" : ""}\n` +
    `\tloaded_at ${loadedAt(kernel, one)}  uid 0\n` +
    `\txlated ${xlatedOf(one).insns.length * INSN_BYTES}B  not jited  memlock ${progMemlock(xlatedOf(one).insns.length)}B${maps}\n`
  );
}

/** Bytes of struct bpf_prog and its instructions, in whole pages. */
const progMemlock = (insns: number): number => Math.ceil((PROG_HEAD + insns * INSN_BYTES) / PAGE) * PAGE;
/** offsetof(struct bpf_prog, insnsi). */
const PROG_HEAD = 72;
const PAGE = 4096;

const loadedAt = (kernel: Kernel, one: Prog): string => {
  const boot = Number(kernel.env.wallOffset / 1_000_000_000n);
  return `${new Date((boot + one.loadTime) * 1000).toISOString().slice(0, 19)}+0000`;
};

function xlatedText(one: Prog, opcodes: boolean): string {
  const { insns, callees } = xlatedOf(one);
  let text = "";
  for (let slot = 0; slot < insns.length; slot++) {
    const insn = insns[slot] as Insn;
    const next = insns[slot + 1];
    text += `${String(slot).padStart(4)}: ${insnText(one, insn, next, callees.get(slot))}\n`;
    const slots = next ? slotsOf(insn) : 1;
    if (opcodes) text += `       ${spaced(insnHex(insn))}${slots === 2 ? ` ${spaced(insnHex(next as Insn))}` : ""}\n`;
    slot += slots - 1;
  }
  return text;
}

/**
 * One instruction as bpftool prints it: a call with the kernel's function, a load with the map or function it loads. All others
 * as in the verifier's log.
 */
function insnText(one: Prog, insn: Insn, next: Insn | undefined, callee: string | undefined): string {
  if (callee !== undefined) return `(85) call ${callee}#${insn.imm}`;
  if (insn.code === (BPF_JMP | BPF_CALL) && insn.src === BPF_PSEUDO_CALL)
    return `(85) call pc${insn.off < 0 ? "" : "+"}${insn.off}`;
  if (!isLdImm64(insn)) return formatInsn(insn, next, { helperName });
  const id = one.maps[insn.imm]?.id ?? 0;
  switch (insn.src) {
    case BPF_PSEUDO_MAP_FD:
      return `(18) r${insn.dst} = map[id:${id}]`;
    case BPF_PSEUDO_MAP_VALUE:
      return `(18) r${insn.dst} = map[id:${id}][0]+${next?.imm ?? 0}`;
    case BPF_PSEUDO_FUNC:
      return `(18) r${insn.dst} = subprog[${insn.imm < 0 ? "" : "+"}${insn.imm}]`;
    default:
      return formatInsn(insn, next);
  }
}

const spaced = (hex: string): string => hex.replace(/..(?=.)/g, "$& ");

function map(kernel: Kernel, verb: string, args: readonly string[]): Ran {
  const all = [...kernel.maps.values()];
  const show = verb === "show" || verb === "list";
  if (!show && verb !== "dump") return failed(`Error: unknown command '${verb}'`);
  if (show && args.length === 0) return ok(all.map(mapText).join(""));
  const found = pick(all, MAP_SELECTORS, "get map", args.length === 0 ? [""] : args);
  return typeof found === "string" ? failed(found) : ok(found.map(show ? mapText : mapDump).join(""));
}

function mapText({ id, def }: MapObject): string {
  const type = mapTypeByName(def.type)?.name ?? def.type;
  return (
    `${id}: ${type}  ${def.name === "" ? "" : `name ${def.name}  `}flags 0x${def.flags.toString(16)}\n` +
    `\tkey ${def.keySize}B  value ${def.valueSize}B  max_entries ${def.maxEntries}${memlock(def)}\n`
  );
}

/** Bytes of struct bpf_array and its elements. Left out for other map types, because there it depends on allocators. */
function memlock({ type, valueSize, maxEntries }: MapObject["def"]): string {
  return type === "array" ? `  memlock ${312 + maxEntries * ((valueSize + 7) & ~7)}B` : "";
}

function mapDump({ map }: MapObject): string {
  const bytes = (data: Uint8Array): string => [...data].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const entries = map.entries();
  const lines = entries.map(({ key, values }) =>
    values.length === 1
      ? `key: ${bytes(key)}  value: ${bytes(values[0] as Uint8Array)}\n`
      : `key:\n${bytes(key)}\n${values.map((value, cpu) => `value (CPU ${String(cpu).padStart(2, "0")}): ${bytes(value)}\n`).join("")}`,
  );
  return `${lines.join("")}Found ${entries.length} element${entries.length === 1 ? "" : "s"}\n`;
}
