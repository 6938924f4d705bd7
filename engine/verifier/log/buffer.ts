// The text of a verifier log: grows at its end, can be cut back to an earlier place, and once it is longer than the buffer
// that bpf(2) was given forgets its beginning (or with BPF_LOG_FIXED what came last). Each line knows what it is. Mutable.
// Not in here: what the lines say.  @kernel log.c bpf_verifier_vlog, bpf_vlog_reset, bpf_vlog_finalize
import { ERRNO } from "../../facts/errno.ts";
import type { LineKind } from "./kinds.ts";
import { LineTable, type LogLines, NO_LINES } from "./line-table.ts";

/** Bits of log_level. With neither LEVEL1 nor LEVEL2, STATS alone prints the last lines only. */
const BPF_LOG_LEVEL1 = 1;
export const BPF_LOG_LEVEL2 = 2;
/** Either of the levels that tell of the walk. */
export const BPF_LOG_LEVEL = BPF_LOG_LEVEL1 | BPF_LOG_LEVEL2;
export const BPF_LOG_STATS = 4;
/** The buffer keeps the log's beginning, not its end. */
const BPF_LOG_FIXED = 8;

/** All bits of log_level there are; others are refused. */
export const BPF_LOG_MASK = BPF_LOG_LEVEL | BPF_LOG_STATS | BPF_LOG_FIXED;

/** log_size where nothing else is said: 16 MiB; and the largest that is taken. */
export const DEFAULT_LOG_SIZE = 1 << 24;
export const MAX_LOG_SIZE = 0x3fff_ffff;

/** Pieces go into the ring once there are so many. */
const PIECES = 1024;
/** Of them so many, the latest, do not: a state printed behind its instruction cuts the newline off first. */
const KEPT_PIECES = 32;
/** Characters that the ring has room for at first. */
const FIRST_ROOM = 1 << 16;
/** So many characters become one string at a time. */
const CHUNK = 1 << 13;

export class VerifierLog {
  readonly level: number;
  /** Bytes of the user's buffer; one of them is for the final zero. */
  readonly size: number;
  /**
   * The character at position p stands at p modulo the length, a power of two. As strings the text of a long walk would be
   * hundreds of megabytes that are given up only when they are old.
   */
  #ring = new Uint16Array(0);
  /** Position up to which the text is in the ring. */
  #written = 0;
  /** What comes after, as it was appended. */
  #pieces: string[] = [];
  /** Position of the first character that the user's buffer still shows. */
  #start = 0;
  #end = 0;
  /** The longest that the log ever was, with its final zero. */
  #longest = 0;
  readonly #lines = new LineTable();

  constructor(level: number, size: number = DEFAULT_LOG_SIZE) {
    this.level = level;
    this.size = size;
  }

  /** Position of the end, counted from the log's very beginning. */
  get endPos(): number {
    return this.#end;
  }

  /** Lines that begin in `text` are of this kind, about this slot (-1: none); what goes on with a line leaves it what it is. */
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

  /** Cuts everything from `pos` on. `pos` must not lie behind the end. */
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

  /** Refusals that were written from `pos` on become `kind`. */
  recast(pos: number, kind: LineKind): void {
    if (this.level !== 0) this.#lines.recast(pos, "refusal", kind);
  }

  /** What the user's buffer holds. */
  text(): string {
    const chunks: string[] = [];
    for (let at = this.#start; at < this.#written; ) {
      const from = at & (this.#ring.length - 1);
      const to = Math.min(from + CHUNK, from + this.#written - at, this.#ring.length);
      // `apply` takes any list of numbers; spread would go through an iterator, six times as long.
      chunks.push(String.fromCharCode.apply(null, this.#ring.subarray(from, to) as unknown as number[]));
      at += to - from;
    }
    const last = this.#pieces.join("");
    return chunks.join("") + (this.#start > this.#written ? last.slice(this.#start - this.#written) : last);
  }

  /** What each line of text() is. */
  lines(): LogLines {
    if (this.level === 0) return NO_LINES;
    return this.#lines.of(this.#start, this.#textEnd);
  }

  /** Characters that a buffer of the right size would have needed, with the final zero. @kernel log_true_size */
  get trueSize(): number {
    return this.#longest;
  }

  /** 0, or -ENOSPC where the log's beginning did not fit: the program is then refused, whatever its verdict. */
  finalize(): number {
    return this.level !== 0 && this.#longest > this.size ? -ERRNO.ENOSPC : 0;
  }

  /** Characters that a buffer which keeps the beginning holds. */
  get #shown(): number {
    return Math.min(this.#end, this.size - 1);
  }

  /** Position of the end of the text that is shown. */
  get #textEnd(): number {
    return this.level & BPF_LOG_FIXED ? this.#shown : this.#end;
  }

  /** The first pieces, so many, go into the ring. */
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

  /** Makes room for so many characters. */
  #grow(wanted: number): void {
    const old = this.#ring;
    let length = Math.max(old.length, FIRST_ROOM);
    while (length < wanted) length *= 2;
    this.#ring = new Uint16Array(length);
    for (let at = this.#start; at < this.#written; at++) this.#ring[at & (length - 1)] = old[at & (old.length - 1)]!;
  }
}
