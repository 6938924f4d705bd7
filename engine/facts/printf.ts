// Formats of BPF's printf helpers: bpf_trace_printk, bpf_snprintf and others. A format is checked as a whole before anything is
// printed. @kernel kernel/bpf/helpers.c bpf_bprintf_prepare

/** One `%` with flags, width and type. The type is `d`, `llx`, `s`, `pI4` … No type: it stands for a percent sign. */
export interface Conversion {
  readonly flags: string;
  /** Columns. 0: no width is given. */
  readonly width: number;
  readonly type: string | undefined;
}

const CONVERSION = /%(?:%|([0+\- ]*)([1-9][0-9]*)?(p[ku]s|p[KxsSB]|p[iI][46]|p|s|c|l{0,2}[diuxX]))/gy;
const AFTER_STRING = /^$|^[\s!-/:-@[-`{-~]/;

/** The format's characters and conversions, in order. undefined: the kernel refuses the format. */
export function parseFormat(text: string): (string | Conversion)[] | undefined {
  const pieces: (string | Conversion)[] = [];
  for (let i = 0; i < text.length; ) {
    const char = text[i] as string;
    const code = char.charCodeAt(0);
    if (code < 0x20 ? !/\s/.test(char) : code >= 0x7f) return undefined;
    if (char !== "%") {
      pieces.push(char);
      i++;
      continue;
    }
    CONVERSION.lastIndex = i;
    const match = CONVERSION.exec(text);
    if (match === null) return undefined;
    i = CONVERSION.lastIndex;
    const [, flags = "", width = "0", type] = match;
    if (type !== undefined && /^(s|p|p[ku]s)$/.test(type) && !AFTER_STRING.test(text.slice(i, i + 1))) return undefined;
    pieces.push({ flags, width: Number(width), type });
  }
  return pieces;
}

/** Whether the piece prints one of the arguments. */
export const takesArgument = (piece: string | Conversion): piece is Conversion =>
  typeof piece !== "string" && piece.type !== undefined;
