// Boots a kernel in the emulator under Node and saves the machine's state once the agent listens.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { V86 } from "v86";
import { MACHINE_SETTINGS } from "../../linux/emulator.ts";
import { READY } from "../../linux/protocol.ts";

/** The kernel's command line. Mitigations are off: they protect nothing here and cost time. */
const COMMAND_LINE = "console=ttyS0 quiet tsc=reliable mitigations=off random.trust_cpu=on rdinit=/init panic=-1";
/** Milliseconds that a boot may take. */
const BOOT_LIMIT_MS = 600_000;
/** Milliseconds to wait before the state is saved, so that everything has finished booting. */
const SETTLE_MS = 3000;

export const WASM_FILE = createRequire(import.meta.url).resolve("v86/build/v86.wasm");

const bufferOf = (file: string): { buffer: ArrayBuffer } => {
  const bytes = readFileSync(file);
  return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer };
};

export interface Boot {
  readonly bzImage: string;
  readonly initrd: string;
  /** SeaBIOS. `vgaBios`: its VGA BIOS. */
  readonly bios: string;
  readonly vgaBios: string;
}

/** Writes the state to `file`. Returns the milliseconds until the agent listened, and the console's output. */
export async function bootAndSave(
  boot: Boot,
  file: string,
): Promise<{ readonly ms: number; readonly console: string }> {
  const start = performance.now();
  const machine = new V86({
    ...MACHINE_SETTINGS,
    wasm_path: WASM_FILE,
    bios: bufferOf(boot.bios),
    vga_bios: bufferOf(boot.vgaBios),
    bzimage: bufferOf(boot.bzImage),
    initrd: bufferOf(boot.initrd),
    cmdline: COMMAND_LINE,
    autostart: true,
  });
  let said = "";
  let heard = "";
  machine.add_listener("serial0-output-byte", (byte) => {
    said += String.fromCharCode(byte);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`the agent did not listen after ${BOOT_LIMIT_MS} ms:\n${said}`)),
        BOOT_LIMIT_MS,
      );
      machine.add_listener("serial1-output-byte", (byte) => {
        heard += String.fromCharCode(byte);
        if (!heard.endsWith(READY)) return;
        clearTimeout(late);
        resolve();
      });
    });
    const ms = Math.round(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await machine.stop();
    writeFileSync(file, new Uint8Array(await machine.save_state()));
    return { ms, console: said };
  } finally {
    await machine.destroy();
  }
}
