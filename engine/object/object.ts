// A BPF object as a value: what the file contains, before anything depends on a kernel. `read` is the table of contents of this room.
// @kernel libbpf.c bpf_object__open
import { latin1, viewOf } from "../base/bytes.ts";
import { Btf } from "./btf/btf.ts";
import { type BtfExt, readBtfExt } from "./btf/ext.ts";
import { isRefusedByKernel } from "./btf/refused.ts";
import { type Elf, readElf } from "./elf.ts";
import { type Extern, readExterns } from "./externs.ts";
import { type InitSlot, readInitSlots } from "./init-slots.ts";
import { type MapOptions, type MapSpec, readMaps, variableMap } from "./maps.ts";
import { type Functions, type ObjectFunction, readFunctions } from "./programs.ts";
import { type Records, recordsOf } from "./records.ts";
import { type Attempt, attempt, refuse } from "./refusal.ts";
import { type StructOpsMember, structOpsMembers, structOpsStructs } from "./struct-ops.ts";

export interface BpfObject {
  /** libbpf's name for it: the first 15 characters of the file's name, up to the first dot. */
  readonly name: string;
  readonly elf: Elf;
  readonly license: string;
  /** The number in section `version`. 0: there is none. */
  readonly kernelVersion: number;
  readonly btf: Btf | undefined;
  readonly ext: BtfExt | undefined;
  /** The kernel refuses the BTF, so programs and maps are loaded without it. */
  readonly btfRefused: boolean;
  readonly maps: readonly MapSpec[];
  /** Values that the source gives to maps of maps and prog arrays. */
  readonly slots: readonly InitSlot[];
  readonly externs: readonly Extern[];
  readonly functions: Functions;
  readonly records: Records;
  /** The functions that are programs, in libbpf's order. */
  readonly programs: readonly ObjectFunction[];
  /** Program name → its place in a kernel structure (struct_ops). */
  readonly structOps: ReadonlyMap<string, StructOpsMember>;
  /** Kernel structures that the object fills in. */
  readonly structs: readonly string[];
}

/** The object in a file, or why the file is not one. Never throws. */
export const readObject = (file: Uint8Array, fileName: string, options: Partial<MapOptions> = {}): Attempt<BpfObject> =>
  attempt(() => read(file, fileName, { cpus: 2, entriesIfZero: 0, ...options }));

function read(file: Uint8Array, fileName: string, options: MapOptions): BpfObject {
  const name = objectName(fileName);
  const elf = readElf(file);
  const section = (wanted: string) => elf.sections.find((one) => one.name === wanted && one.data.length > 0);
  const btfSection = section(".BTF");
  const btf = btfSection && new Btf(btfSection.data);
  const extSection = btf && section(".BTF.ext");
  const ext = extSection && readBtfExt(extSection.data, btf);
  const externs = readExterns(elf, btf);
  const maps = [...readMaps(elf, btf, name, options), ...configMap(elf, btf, name, externs)];
  const functions = readFunctions(elf, maps, externs);
  const programs = functions.all.filter((one) => one.section !== functions.text);
  return {
    name,
    elf,
    license: licenseOf(section("license")?.data),
    kernelVersion: versionOf(section("version")?.data),
    btf,
    ext,
    btfRefused: btf !== undefined && isRefusedByKernel(btf),
    maps,
    slots: readInitSlots(elf, maps, programs),
    externs,
    functions,
    records: recordsOf(ext, elf, functions),
    programs,
    structOps: structOpsMembers(elf, btf),
    structs: structOpsStructs(elf, btf),
  };
}

const NAME_LETTERS = 15;

const objectName = (fileName: string): string =>
  (fileName.split("/").at(-1) ?? "").slice(0, NAME_LETTERS).split(".")[0] as string;

/** The map for configuration values, if the object names any. Its contents depend on the kernel. */
function configMap(elf: Elf, btf: Btf | undefined, objectName: string, externs: readonly Extern[]): MapSpec[] {
  const last = externs.findLast((extern) => extern.kind === "kconfig");
  if (last === undefined || last.kind !== "kconfig") return [];
  const size = last.offset + last.size;
  return [variableMap(elf, btf, objectName, { name: ".kconfig", origin: "kconfig", index: -1, size, data: undefined })];
}

const MAX_LICENSE = 63;

function licenseOf(data: Uint8Array | undefined): string {
  if (data === undefined) return "";
  const end = data.indexOf(0);
  return latin1(data.subarray(0, Math.min(end < 0 ? data.length : end, MAX_LICENSE)));
}

function versionOf(data: Uint8Array | undefined): number {
  if (data === undefined) return 0;
  if (data.length !== 4) return refuse("version", { size: data.length });
  return viewOf(data).getUint32(0, true);
}
