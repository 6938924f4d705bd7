// The part of the WebAssembly JavaScript interface that the engine uses. The engine is compiled without DOM types,
// and every place it runs in (browsers, workers, Node) has the global.
// Source: WebAssembly JavaScript Interface, https://webassembly.github.io/spec/js-api/

export interface WasmMemory {
  /** Another one after grow(). */
  readonly buffer: ArrayBuffer;
  /** By pages of WASM_PAGE bytes; the size before, in pages. Throws beyond the maximum. */
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

/** Bytes of one page, the unit of a memory's size. */
export const WASM_PAGE = 65536;

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
