// What a load or a store asks for.

/** One load or store of the current instruction. */
export interface Access {
  /** The register with the pointer, and the byte offset from it. */
  readonly regno: number;
  readonly off: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly write: boolean;
  /** The register that is loaded or stored. -1: a load into no register, or a store of something else than a register. */
  readonly valueRegno: number;
  /** Must be aligned in any case. */
  readonly strict?: boolean;
  readonly signExtend?: boolean;
}
