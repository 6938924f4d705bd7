// The emulated machine as this room needs it: two serial lines, and a way back to the saved state. The caller (a Worker of the page,
// or Node) passes v86 in, so the engine contains neither the library nor its files.

/** 0 = the console, 1 = the agent. */
export type SerialLine = 0 | 1;

export interface Emulator {
  /** May be called at any time. The bytes wait in the machine's serial port. */
  send(line: SerialLine, bytes: Uint8Array): void;
  /** Sets the listener of a serial line. It replaces the one before. */
  listen(line: SerialLine, onByte: (byte: number) => void): void;
  /** Goes back to the saved state. Bytes in transit are lost. */
  restore(): Promise<void>;
  /** Ends the machine and frees its memory. */
  destroy(): Promise<void>;
}

/** The part of v86's class that is used. */
export interface V86Machine {
  add_listener(event: string, listener: (value: never) => void): void;
  serial_send_bytes(serial: number, data: Uint8Array): void;
  restore_state(state: ArrayBuffer): Promise<void>;
  run(): Promise<void>;
  stop(): Promise<void>;
  destroy(): Promise<void>;
}
export type V86Class = new (options: Record<string, unknown>) => V86Machine;

/** Size of the machine's memory. */
export const MEMORY_BYTES = 128 << 20;

/** Settings of the machine. A saved state can be restored only with the settings with which it was saved. */
export const MACHINE_SETTINGS = {
  memory_size: MEMORY_BYTES,
  vga_memory_size: 1 << 20,
  uart1: true,
  disable_keyboard: true,
  disable_mouse: true,
  disable_speaker: true,
} as const;

export interface MachineFiles {
  /** Makes an instance of v86.wasm with these imports and returns its exports. */
  readonly wasm: (imports: unknown) => Promise<unknown>;
  /** The saved state, as v86 wrote it or compressed with Zstandard. */
  readonly state: ArrayBuffer;
}

/** The exports of v86.wasm that are used. Addresses are the machine's. */
interface Exports {
  is_memory_zeroed(at: number, bytes: number): unknown;
  zero_memory(at: number, bytes: number): void;
}
/** Size of a page of the machine's memory. */
export const PAGE_BYTES = 4096;

/**
 * Before each restore v86 writes zeros over all of the machine's memory, so the system must provide all of it. But memory that nobody
 * wrote is zero already. So only pages that are not zero are written, and none before the first restore.
 */
function zeroingOnlyUsedPages(exports: Exports): Exports {
  let fresh = true;
  return {
    ...exports,
    zero_memory(at, bytes) {
      for (let page = at; page < at + bytes && !fresh; page += PAGE_BYTES)
        if (!exports.is_memory_zeroed(page, PAGE_BYTES)) exports.zero_memory(page, PAGE_BYTES);
      fresh = false;
    },
  };
}

/** Starts a machine from its saved state. */
export async function startV86(V86: V86Class, { wasm, state }: MachineFiles): Promise<Emulator> {
  const machine = new V86({
    ...MACHINE_SETTINGS,
    wasm_fn: async (imports: unknown) => zeroingOnlyUsedPages((await wasm(imports)) as Exports),
  });
  const onByte: ((byte: number) => void)[] = [() => {}, () => {}];
  await new Promise<void>((resolve) => machine.add_listener("emulator-ready", () => resolve()));
  for (const line of [0, 1] as const)
    machine.add_listener(`serial${line}-output-byte`, (byte: number) => onByte[line]?.(byte));
  await machine.restore_state(state);
  await machine.run();
  return {
    send: (line, bytes) => machine.serial_send_bytes(line, bytes),
    listen: (line, listener) => {
      onByte[line] = listener;
    },
    restore: async () => {
      await machine.stop();
      await machine.restore_state(state);
      await machine.run();
    },
    destroy: () => machine.destroy(),
  };
}
