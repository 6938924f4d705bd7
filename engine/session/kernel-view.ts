// The kernel as the page shows it after a call.
import { toHex } from "../base/bytes.ts";
import { sha256 } from "../base/sha256.ts";
import { BPF_DW, BPF_IMM, BPF_LD, BPF_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_VALUE } from "../isa/codes.ts";
import { encodeInsns, type Insn } from "../isa/insn.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { FdTarget, MapObject, Prog } from "../kernel/objects.ts";
import { filesOf } from "../kernel/sysfs.ts";
import type { FdView, KernelView, MapView, ProgView } from "./views.ts";

/** The kernel whose rules the facts record. */
export const RELEASE = "6.18.44-oreore";
const MAX_ENTRIES = 256;
const MAX_LINES = 1000;

export function kernelView(kernel: Kernel): KernelView {
  const { attach } = kernel.definition.type;
  return {
    release: RELEASE,
    fds: kernel.fds.list().map(([fd, target]) => ({ fd, ...fdText(target) })),
    progs: [...kernel.progs.values()].map((prog) => progView(kernel, prog)),
    maps: mapViews(kernel),
    attachments: kernel.steps[1]
      ? [{ attachType: attach.id, attachName: attach.name, progId: kernel.attached.get(attach.id)?.id ?? 0 }]
      : [],
    files: filesOf(kernel).map((path) => ({ path, mode: modeText(kernel.definition.attribute.mode) })),
    steps: kernel.steps as KernelView["steps"],
    tracePipe: kernel.memory.tracePipe().slice(-MAX_LINES),
    dmesg: kernel.dmesg.slice(-MAX_LINES),
  };
}

export const mapViews = (kernel: Kernel): MapView[] => [...kernel.maps.values()].map((map) => mapView(kernel, map));

function fdText(target: FdTarget): Omit<FdView, "fd"> {
  switch (target.kind) {
    case "prog":
      return { kind: "prog", id: target.id, text: `${target.type.name} prog, ${target.insns.length} insns` };
    case "map":
      return { kind: "map", id: target.id, text: `${target.def.type} map ${target.def.name}` };
    case "file":
      return { kind: "file", id: 0, text: target.path };
  }
}

function progView(kernel: Kernel, prog: Prog): ProgView {
  return {
    id: prog.id,
    progType: prog.type.name,
    name: prog.name,
    tag: progTag(prog.insns),
    insnCnt: prog.insns.length,
    runCnt: prog.runCnt,
    attached: [...kernel.attached.values()].includes(prog),
    mapIds: prog.maps.map(({ id }) => id),
  };
}

function mapView(kernel: Kernel, object: MapObject): MapView {
  const { id, def, map } = object;
  const entries = map.entries();
  return {
    id,
    fd: kernel.fds.fdOf(object),
    name: def.name,
    type: def.type,
    keySize: def.keySize,
    valueSize: def.valueSize,
    maxEntries: def.maxEntries,
    flags: def.flags,
    entries: entries.slice(0, MAX_ENTRIES).map(({ key, values }) => ({ key: toHex(key), values: values.map(toHex) })),
    more: Math.max(0, entries.length - MAX_ENTRIES),
  };
}

/** First 8 bytes of the SHA-256 over the instructions, descriptors of maps taken out. @kernel core.c bpf_prog_calc_tag */
export function progTag(insns: readonly Insn[]): string {
  let inMap = false;
  const plain = insns.map((insn) => {
    if (inMap) {
      inMap = false;
      return { ...insn, imm: 0 };
    }
    const isMap = insn.src === BPF_PSEUDO_MAP_FD || insn.src === BPF_PSEUDO_MAP_VALUE;
    inMap = insn.code === (BPF_LD | BPF_IMM | BPF_DW) && isMap;
    return inMap ? { ...insn, imm: 0 } : insn;
  });
  return toHex(sha256(encodeInsns(plain)).subarray(0, 8));
}

/** `-rw-r--r--` */
const modeText = (mode: number): string =>
  `-${[..."rwxrwxrwx"].map((letter, i) => (mode & (1 << (8 - i)) ? letter : "-")).join("")}`;
