// The part of the WebAssembly JavaScript interface that the engine uses. The types are written here because the engine is
// compiled without DOM types. The global itself exists in browsers, workers and Node.
// Source: WebAssembly JavaScript Interface, https://webassembly.github.io/spec/js-api/

export interface WasmMemory {
  /** grow() replaces it by a new one. */
  readonly buffer: ArrayBuffer;
  /** Adds pages of WASM_PAGE bytes. Returns the old size in pages. Throws if the maximum is exceeded. */
  grow(pages: number): number;
}

export interface WasmGlobal {
  value: number | bigint;
}

export type WasmExport = WasmMemory | WasmGlobal | ((...args: never[]) => unknown);

interface WasmApi {
  readonly Memory: new (limits: { initial: number; maximum?: number }) => WasmMemory;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, WasmExport> };
}

/** Size of one page in bytes. A memory's size is counted in pages. */
export const WASM_PAGE = 65536;

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
