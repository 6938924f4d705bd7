// The text of a verifier log. It grows at its end and can be cut back to an earlier position. If it gets longer than the buffer given
// to bpf(2) it drops its beginning (or its end, with BPF_LOG_FIXED). The kind of each line is kept with it. Mutable. Not in here: the
// content of the lines. @kernel log.c bpf_verifier_vlog, bpf_vlog_reset, bpf_vlog_finalize
import { ERRNO } from "../../facts/errno.ts";
import type { LineKind } from "./kinds.ts";
import { LineTable, type LogLines, NO_LINES } from "./line-table.ts";

/** Bits of log_level. STATS without LEVEL1 and LEVEL2 prints the last lines only. */
const BPF_LOG_LEVEL1 = 1;
export const BPF_LOG_LEVEL2 = 2;
/** The two levels that print the walk. */
export const BPF_LOG_LEVEL = BPF_LOG_LEVEL1 | BPF_LOG_LEVEL2;
export const BPF_LOG_STATS = 4;
/** The buffer keeps the beginning of the log instead of its end. */
const BPF_LOG_FIXED = 8;

/** All known bits of log_level. Others are refused. */
export const BPF_LOG_MASK = BPF_LOG_LEVEL | BPF_LOG_STATS | BPF_LOG_FIXED;

/** log_size if none is given (16 MiB), and the largest that is allowed. */
export const DEFAULT_LOG_SIZE = 1 << 24;
export const MAX_LOG_SIZE = 0x3fff_ffff;

/** When there are this many pieces, they are moved into the ring. */
const PIECES = 1024;
/** This many of the latest pieces are not moved: the newline of an instruction is cut off before its state is printed behind it. */
const KEPT_PIECES = 32;
/** Initial size of the ring in characters. */
const FIRST_ROOM = 1 << 16;
/** Characters that are turned into a string at a time. */
const CHUNK = 1 << 13;

export class VerifierLog {
  readonly level: number;
  /** Bytes of the user's buffer, including one for the final zero. */
  readonly size: number;
  /**
   * The character at position p is stored at p modulo the length, which is a power of two. As strings the text of a long walk would
   * take hundreds of megabytes, which the engine would free late.
   */
  #ring = new Uint16Array(0);
  /** The text before this position is in the ring. */
  #written = 0;
  /** The text after it, as it was appended. */
  #pieces: string[] = [];
  /** Position of the first character that is still in the user's buffer. */
  #start = 0;
  #end = 0;
  /** The greatest length that the log ever had, with its final zero. */
  #longest = 0;
  readonly #lines = new LineTable();

  constructor(level: number, size: number = DEFAULT_LOG_SIZE) {
    this.level = level;
    this.size = size;
  }

  /** Position of the end, counted from the start of the whole log. */
  get endPos(): number {
    return this.#end;
  }

  /** Lines that begin in `text` are of this kind and about this slot (-1: none). A line that `text` only continues keeps its kind. */
  append(text: string, kind: LineKind, slot: number): void {
    if (this.level === 0 || text === "") return;
    const fixed = (this.level & BPF_LOG_FIXED) !== 0;
    if (!fixed || this.#end < this.size) this.#lines.append(text, this.#end, kind, slot);
    this.#pieces.push(fixed ? text.slice(0, this.size - 1 - this.#shown) : text);
    this.#end += text.length;
    const end = this.#end + 1;
    if (end > this.#longest) this.#longest = end;
    if (end - this.#start >= this.size && !fixed) this.#start = end - this.size;
    if (this.#pieces.length >= PIECES) {
      this.#write(PIECES - KEPT_PIECES);
      this.#lines.forget(this.#start);
    }
  }

  /** Removes everything from `pos` on. `pos` must not be greater than the end. */
  reset(pos: number): void {
    if (this.level === 0 || pos >= this.#end) return;
    let excess = this.#textEnd - pos;
    while (excess > 0 && this.#pieces.length > 0) {
      const last = this.#pieces.pop()!;
      if (last.length > excess) this.#pieces.push(last.slice(0, last.length - excess));
      excess -= last.length;
    }
    if (this.#written > pos) this.#written = pos;
    this.#end = pos;
    if (this.#start > pos) this.#start = pos;
    this.#lines.reset(pos);
  }

  /** Refusals that were written from `pos` on become lines of kind `kind`. */
  recast(pos: number, kind: LineKind): void {
    if (this.level !== 0) this.#lines.changeKind(pos, "refusal", kind);
  }

  /** The content of the user's buffer. */
  text(): string {
    const chunks: string[] = [];
    for (let at = this.#start; at < this.#written; ) {
      const from = at & (this.#ring.length - 1);
      const to = Math.min(from + CHUNK, from + this.#written - at, this.#ring.length);
      // `apply` takes any array-like list of numbers. A spread would use an iterator and take six times as long.
      chunks.push(String.fromCharCode.apply(null, this.#ring.subarray(from, to) as unknown as number[]));
      at += to - from;
    }
    const last = this.#pieces.join("");
    return chunks.join("") + (this.#start > this.#written ? last.slice(this.#start - this.#written) : last);
  }

  /** Kind and slot of each line of text(). */
  lines(): LogLines {
    if (this.level === 0) return NO_LINES;
    return this.#lines.linesBetween(this.#start, this.#textEnd);
  }

  /** Number of characters that a large enough buffer would need, with the final zero. @kernel log_true_size */
  get trueSize(): number {
    return this.#longest;
  }

  /** 0, or -ENOSPC if the whole log did not fit. The program is then refused even if the verifier accepts it. */
  finalize(): number {
    return this.level !== 0 && this.#longest > this.size ? -ERRNO.ENOSPC : 0;
  }

  /** Number of characters in a buffer that keeps the beginning. */
  get #shown(): number {
    return Math.min(this.#end, this.size - 1);
  }

  /** Position of the end of the text in the user's buffer. */
  get #textEnd(): number {
    return this.level & BPF_LOG_FIXED ? this.#shown : this.#end;
  }

  /** Moves the first `count` pieces into the ring. */
  #write(count: number): void {
    const text = this.#pieces.splice(0, count).join("");
    const from = this.#written;
    const to = from + text.length;
    if (to - this.#start > this.#ring.length) this.#grow(to - this.#start);
    const ring = this.#ring;
    const mask = ring.length - 1;
    for (let at = Math.max(from, this.#start); at < to; at++) ring[at & mask] = text.charCodeAt(at - from);
    this.#written = to;
  }

  /** Makes room for `wanted` characters. */
  #grow(wanted: number): void {
    const old = this.#ring;
    let length = Math.max(old.length, FIRST_ROOM);
    while (length < wanted) length *= 2;
    this.#ring = new Uint16Array(length);
    for (let at = this.#start; at < this.#written; at++) this.#ring[at & (length - 1)] = old[at & (old.length - 1)]!;
  }
}
