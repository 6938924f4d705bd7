// A BPF object as a value: what stands in the file, before anything is decided for a kernel. Reads as the table of contents.
// @kernel libbpf.c bpf_object__open
import { latin1, viewOf } from "../base/bytes.ts";
import { Btf } from "./btf/btf.ts";
import { type BtfExt, readBtfExt } from "./btf/ext.ts";
import { isRefusedByKernel } from "./btf/refused.ts";
import { type Elf, readElf } from "./elf.ts";
import { type Extern, readExterns } from "./externs.ts";
import { isMapOfMaps, type MapOptions, type MapSpec, readMaps, variableMap } from "./maps.ts";
import { type Functions, type ObjectFunction, readFunctions } from "./programs.ts";
import { type Records, recordsOf } from "./records.ts";
import { type Attempt, attempt, refuse } from "./refusal.ts";
import { type MapSlot, readSlots } from "./slots.ts";
import { type Member, structOpsMembers, structsOf } from "./struct-ops.ts";

export interface BpfObject {
  /** As libbpf calls it: the file's name up to its first dot, 15 letters at most. */
  readonly name: string;
  readonly elf: Elf;
  readonly license: string;
  /** Section `version`; 0 where there is none. */
  readonly kernelVersion: number;
  readonly btf: Btf | undefined;
  readonly ext: BtfExt | undefined;
  /** The kernel does not take the BTF: loads go without it. */
  readonly btfRefused: boolean;
  readonly maps: readonly MapSpec[];
  /** Values of maps of maps and prog arrays that the source gives. */
  readonly slots: readonly MapSlot[];
  readonly externs: readonly Extern[];
  readonly functions: Functions;
  readonly records: Records;
  /** The functions that are programs, in libbpf's order. */
  readonly programs: readonly ObjectFunction[];
  /** Programs that are functions of a kernel structure, by name. */
  readonly structOps: ReadonlyMap<string, Member>;
  /** Kernel structures that the object fills in. */
  readonly structs: readonly string[];
}

/** The object in the bytes of a file, or why it is none. Never throws. */
export const readObject = (file: Uint8Array, fileName: string, options: Partial<MapOptions> = {}): Attempt<BpfObject> =>
  attempt(() => read(file, fileName, { cpus: 2, leastEntries: 0, ...options }));

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
    slots: readSlots(elf, maps, programs),
    externs,
    functions,
    records: recordsOf(ext, elf, functions),
    programs,
    structOps: structOpsMembers(elf, btf),
    structs: structsOf(elf, btf),
  };
}

const NAME_LETTERS = 15;

const objectName = (fileName: string): string =>
  (fileName.split("/").at(-1) ?? "").slice(0, NAME_LETTERS).split(".")[0] as string;

/** Where values of the kernel's configuration are named there is a map for them; its bytes depend on the kernel. */
function configMap(elf: Elf, btf: Btf | undefined, objectName: string, externs: readonly Extern[]): MapSpec[] {
  const last = externs.findLast((extern) => extern.kind === "kconfig");
  if (last === undefined || last.kind !== "kconfig") return [];
  const size = last.offset + last.size;
  return [
    variableMap(elf, btf, objectName, { name: ".kconfig", origin: "kconfig", section: -1, size, data: undefined }),
  ];
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

export { isMapOfMaps };
