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

/** Pieces are joined into one flat string once there are so many. */
const PIECES = 1024;
/** Of them so many, the latest, are not. */
const KEPT_PIECES = 32;

export class VerifierLog {
  readonly level: number;
  /** Bytes of the user's buffer; one of them is for the final zero. */
  readonly size: number;
  /** Joined text, oldest first. */
  #chunks: string[] = [];
  /** What came after, as it was appended. */
  #pieces: string[] = [];
  /** Position of the first character that is still held. */
  #held = 0;
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
    if (!(this.level & BPF_LOG_FIXED) || this.#end < this.size) this.#lines.append(text, this.#end, kind, slot);
    this.#pieces.push(this.level & BPF_LOG_FIXED ? text.slice(0, this.size - 1 - this.#shown) : text);
    this.#end += text.length;
    const end = this.#end + 1;
    if (end > this.#longest) this.#longest = end;
    if (end - this.#start >= this.size && !(this.level & BPF_LOG_FIXED)) this.#start = end - this.size;
    if (this.#pieces.length >= PIECES) this.#compact();
  }

  /** Cuts everything from `pos` on. `pos` must not lie behind the end. */
  reset(pos: number): void {
    if (this.level === 0 || pos >= this.#end) return;
    let excess = (this.level & BPF_LOG_FIXED ? this.#shown : this.#end) - pos;
    while (excess > 0) {
      const last = this.#pieces.pop() ?? this.#chunks.pop();
      if (last === undefined) break;
      if (last.length > excess) this.#pieces.push(last.slice(0, last.length - excess));
      excess -= last.length;
    }
    this.#end = pos;
    if (this.#start > pos) this.#start = pos;
    if (this.#held > pos) this.#held = pos;
    this.#lines.reset(pos);
  }

  /** Refusals that were written from `pos` on become `kind`. */
  recast(pos: number, kind: LineKind): void {
    if (this.level !== 0) this.#lines.recast(pos, "refusal", kind);
  }

  /** What the user's buffer holds. */
  text(): string {
    const all = this.#chunks.join("") + this.#pieces.join("");
    return all.slice(this.#start - this.#held);
  }

  /** What each line of text() is. */
  lines(): LogLines {
    if (this.level === 0) return NO_LINES;
    const shown = this.level & BPF_LOG_FIXED ? this.#shown : this.#end;
    return this.#lines.of(this.#start, shown);
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

  #compact(): void {
    // The last pieces stay as they are: a state printed behind its instruction cuts the newline off first.
    const recent = this.#pieces.splice(PIECES - KEPT_PIECES);
    this.#chunks.push(this.#pieces.join(""));
    this.#pieces = recent;
    while (this.#chunks.length > 1 && this.#held + this.#chunks[0]!.length <= this.#start) {
      this.#held += this.#chunks.shift()!.length;
    }
    this.#lines.forget(this.#start);
  }
}
