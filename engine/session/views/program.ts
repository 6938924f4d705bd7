// What programs and runs both speak of: a value of 64 bits, a place in the source, an instruction.

/** 64 bits as 16 lower-case hex digits. */
export type Hex64 = string;

/** `[start, end)` in UTF-16 units; lines and columns from 1, as Monaco counts. */
export interface SpanView {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One instruction; a 64-bit load takes two slots and is one SlotView (16 bytes of hex). */
export interface SlotView {
  readonly slot: number;
  readonly slots: 1 | 2;
  /** 16 or 32 hex digits. */
  readonly hex: string;
  /** As the verifier's log writes it: `r0 = *(u32 *)(r1 +0)`. */
  readonly text: string;
  readonly span: SpanView | null;
  /** Where it leads besides the next instruction; the slot may lie outside the program. */
  readonly jump: JumpView | null;
  /** Bit n: the instruction reads Rn / writes Rn. */
  readonly reads: number;
  readonly writes: number;
  /** It calls a helper that sends something out: a line, a record. */
  readonly sends: boolean;
}

export interface JumpView {
  readonly to: number;
  /** `func`: the address of a function is taken there. */
  readonly kind: "if" | "always" | "call" | "func";
}
