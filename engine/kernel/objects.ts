// Kernel objects and the file descriptors that keep them alive: programs, maps, open files. Mutable: reference counts.
import { ERRNO } from "../facts/errno.ts";
import type { ProgType } from "../facts/types.ts";
import type { Insn } from "../isa/insn.ts";
import type { MapDef } from "../program/program.ts";
import type { RewriteInput } from "../verifier/verify.ts";
import { type LoadedProgram, loadProgram } from "../vm/decode.ts";
import type { BpfMap } from "../vm/maps/map.ts";
import type { Memory } from "../vm/memory.ts";

export interface Prog {
  readonly kind: "prog";
  /** The id that BPF_PROG_GET_NEXT_ID returns. */
  readonly id: number;
  refs: number;
  readonly type: ProgType;
  readonly expectedAttachType: number;
  /** bpf_attr.prog_name, at most 15 characters. */
  readonly name: string;
  /** The instructions that were given to bpf(2), before any rewrite. */
  readonly insns: readonly Insn[];
  /** What the verifier found out about the program. xlated.ts makes the rewritten program from it. */
  readonly rewriteInput: RewriteInput;
  readonly gplCompatible: boolean;
  /** The program in the machine's form. It is made when a run or a prog array first needs it. */
  readonly loaded: LoadedProgram;
  /** The machine's number for the program. 0: `loaded` was not needed yet. */
  readonly loadedId: number;
  /** Frees what `loaded` takes of the machine's memory. The program does not run any more. */
  readonly unload: () => void;
  /** The maps it uses, each listed once. */
  readonly maps: readonly MapObject[];
  runCnt: number;
  /** Seconds since boot. */
  readonly loadTime: number;
}

/** A new program. `mapsBySlot`: first slot of each load of a map → the map. */
export function newProg(
  memory: Memory,
  mapsBySlot: ReadonlyMap<number, BpfMap>,
  fields: Omit<Prog, "kind" | "refs" | "runCnt" | "loaded" | "loadedId" | "unload">,
): Prog {
  const { insns, type, expectedAttachType } = fields;
  let loaded: LoadedProgram | undefined;
  return {
    ...fields,
    kind: "prog",
    refs: 1,
    runCnt: 0,
    get loaded() {
      loaded ??= loadProgram(memory, { insns, progType: type.name, expectedAttachType, maps: mapsBySlot });
      return loaded;
    },
    get loadedId() {
      return loaded?.id ?? 0;
    },
    unload: () => loaded?.close(),
  };
}

export interface MapObject {
  readonly kind: "map";
  readonly id: number;
  refs: number;
  readonly def: MapDef;
  readonly map: BpfMap;
  /** Only for maps of programs or maps: key in hex → the object, to which the element holds a reference. */
  readonly held: Map<string, Prog | MapObject>;
}

/** An open file of sysfs or tracefs. `content` is made at the first read and then stays. */
export interface OpenFile {
  readonly kind: "file";
  refs: number;
  readonly path: string;
  readonly readable: boolean;
  readonly writable: boolean;
  content: Uint8Array | undefined;
  pos: number;
}

export type FdTarget = Prog | MapObject | OpenFile;

/** The descriptors of the only process. 0, 1 and 2 are the terminal. */
export class FdTable {
  readonly #open = new Map<number, FdTarget>();
  readonly #release: (target: FdTarget) => void;

  constructor(release: (target: FdTarget) => void) {
    this.#release = release;
  }

  /** Gives the object the lowest free descriptor from 3 on, or returns -EMFILE. The table takes over the caller's reference. */
  install(target: FdTarget): number {
    for (let fd = 3; fd < RLIMIT_NOFILE; fd++) {
      if (!this.#open.has(fd)) {
        this.#open.set(fd, target);
        return fd;
      }
    }
    return -ERRNO.EMFILE;
  }

  get(fd: number): FdTarget | undefined {
    return fd >= 0 && fd <= 2 ? TERMINAL : this.#open.get(fd);
  }

  close(fd: number): number {
    const target = this.#open.get(fd);
    if (!target) return -ERRNO.EBADF;
    this.#open.delete(fd);
    this.#release(target);
    return 0;
  }

  /** In ascending order of descriptors. */
  list(): readonly (readonly [fd: number, target: FdTarget])[] {
    return [...this.#open].sort(([a], [b]) => a - b);
  }

  /** The lowest descriptor of an object. -1: none is open. */
  fdOf(target: FdTarget): number {
    return this.list().find(([, other]) => other === target)?.[0] ?? -1;
  }
}

/** Standard input, output and error. They are open, but neither a program nor a map. */
const TERMINAL: OpenFile = {
  kind: "file",
  refs: 1,
  path: "/dev/pts/0",
  readable: true,
  writable: true,
  content: undefined,
  pos: 0,
};

/** The usual soft limit of descriptors. */
const RLIMIT_NOFILE = 1024;
