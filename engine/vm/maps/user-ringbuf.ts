// Ring buffers the other way round: user space writes samples, and bpf_user_ringbuf_drain shows them to a program.
// @kernel kernel/bpf/ringbuf.c
import { RingbufMap } from "./ringbuf.ts";

export class UserRingbufMap extends RingbufMap {
  /** User space writes a sample; false where there is no room for it. */
  produce(data: Uint8Array): boolean {
    const at = this.reserve(data.length);
    if (at === 0) return false;
    this.memory.copyIn(at, data);
    return this.commit(at, false);
  }

  /** The sample that is next: what a program may look at until it is released. */
  peek(): { readonly at: number; readonly size: number } | undefined {
    const sample = this.oldest();
    if (sample !== undefined) this.memory.permit(sample.at, sample.size);
    return sample;
  }

  /** The program has seen the sample. */
  releaseSample(): void {
    const sample = this.oldest();
    if (sample === undefined) return;
    this.memory.forbid(sample.at, sample.size);
    this.take(sample.next);
  }
}
