// The page's real Linux under Node, with the files that the page serves and the emulator from its package.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { V86 } from "v86";
import { type MachineFiles, startV86, type V86Class } from "../../linux/emulator.ts";
import { RealLinux, type RealLinuxOptions } from "../../linux/real-linux.ts";
import { WASM_FILE } from "./save.ts";

export const PUBLIC = resolve(import.meta.dirname, "../../../public/linux");

export const later: RealLinuxOptions["later"] = (ms, action) => {
  const timer = setTimeout(action, ms);
  return () => clearTimeout(timer);
};

/** What an emulator of this saved state is made of. */
export async function filesOf(stateFile: string): Promise<MachineFiles> {
  const module = await WebAssembly.compile(readFileSync(WASM_FILE));
  const bytes = readFileSync(stateFile);
  return {
    wasm: async (imports) => (await WebAssembly.instantiate(module, imports as WebAssembly.Imports)).exports,
    state: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
  };
}

/** A machine in the saved state of this file. Its timers keep Node alive until it is disposed of. */
export async function startFrom(stateFile: string, options: Partial<RealLinuxOptions> = {}): Promise<RealLinux> {
  const emulator = await startV86(V86 as unknown as V86Class, await filesOf(stateFile));
  return new RealLinux(emulator, { later, ...options });
}

export const stateFile = (kernel: string): string => join(PUBLIC, `${kernel}.state.zst`);
