// A program of the page as a real kernel takes it: its numbers and bytes, and the calls that load it, as values.
import type { Registry } from "../../kernel/registry.ts";
import type { Syscall } from "../../kernel/syscall.ts";
import { realProgram } from "../../linux/program.ts";
import type { Program } from "../../program/program.ts";
import type { RealProgramView } from "../views/kernel.ts";

/** null: a type of the program or of a map has no number. */
export function realProgramView(program: Program, registry: Registry): RealProgramView | null {
  const real = realProgram(program, (name) => registry.progTypeId(name));
  if (!real) return null;
  const maps = program.maps.map(
    (map): Syscall => ({
      call: "map-create",
      mapType: map.type,
      keySize: map.keySize,
      valueSize: map.valueSize,
      maxEntries: map.maxEntries,
      mapFlags: map.flags,
      innerMapFd: 0,
      mapName: "",
    }),
  );
  const load: Syscall = {
    call: "prog-load",
    progType: real.type,
    insnCnt: program.insns.length,
    license: program.license,
    logLevel: 2,
    progFlags: program.progFlags,
    progName: "",
    expectedAttachType: program.expectedAttachType,
  };
  const attachType = registry.attachTypeFor(program.progType, program.expectedAttachType);
  return { program: real, calls: [...maps, load], attachType, leavesBtf: program.funcInfo ?? false };
}
