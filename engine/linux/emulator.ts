// The emulated machine as this room needs it: two serial lines, and a way back to the saved state. v86 is handed in by who
// uses it (a Worker of the page, or Node), so that the engine holds neither the library nor its files.

/** 0 = the console, 1 = the agent. */
export type SerialLine = 0 | 1;

export interface Emulator {
  /** May be called at any time; the bytes wait in the machine's serial port. */
  send(line: SerialLine, bytes: Uint8Array): void;
  /** One listener a line; the last one counts. */
  listen(line: SerialLine, onByte: (byte: number) => void): void;
  /** Back to the saved state. Bytes that were on their way are lost. */
  restore(): Promise<void>;
  /** Ends the machine and gives its memory back. */
  destroy(): Promise<void>;
}

/** What is used of v86's class. */
export interface V86Machine {
  add_listener(event: string, listener: (value: never) => void): void;
  serial_send_bytes(serial: number, data: Uint8Array): void;
  restore_state(state: ArrayBuffer): Promise<void>;
  run(): Promise<void>;
  stop(): Promise<void>;
  destroy(): Promise<void>;
}
export type V86Class = new (options: Record<string, unknown>) => V86Machine;

/** Bytes of the machine's memory. */
export const MEMORY_BYTES = 128 << 20;

/** What the machine is, whether it boots or is restored: a state fits only the same one. */
export const MACHINE = {
  memory_size: MEMORY_BYTES,
  vga_memory_size: 1 << 20,
  uart1: true,
  disable_keyboard: true,
  disable_mouse: true,
  disable_speaker: true,
} as const;

export interface MachineFiles {
  /** Makes an instance of v86.wasm with these imports, and gives its exports. */
  readonly wasm: (imports: unknown) => Promise<unknown>;
  /** The saved state, as v86 wrote it or compressed with Zstandard. */
  readonly state: ArrayBuffer;
}

/** Of v86.wasm's exports. Addresses are the machine's. */
interface Exports {
  is_memory_zeroed(at: number, bytes: number): unknown;
  zero_memory(at: number, bytes: number): void;
}
const PAGE = 4096;

/**
 * Before each restore v86 writes zeros over all of the machine's memory, and so makes the system give it. Memory that nothing wrote is
 * zero already: only the other pages are written, and none at first.
 */
function sparing(exports: Exports): Exports {
  let fresh = true;
  return {
    ...exports,
    zero_memory(at, bytes) {
      for (let page = at; page < at + bytes && !fresh; page += PAGE)
        if (!exports.is_memory_zeroed(page, PAGE)) exports.zero_memory(page, PAGE);
      fresh = false;
    },
  };
}

/** A machine that stands in its saved state and runs. */
export async function startV86(V86: V86Class, { wasm, state }: MachineFiles): Promise<Emulator> {
  const machine = new V86({
    ...MACHINE,
    wasm_fn: async (imports: unknown) => sparing((await wasm(imports)) as Exports),
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
