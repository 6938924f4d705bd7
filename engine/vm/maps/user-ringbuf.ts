// Ring buffers in the other direction: user space writes samples, and bpf_user_ringbuf_drain passes them to a program.
// @kernel kernel/bpf/ringbuf.c
import { RingbufMap } from "./ringbuf.ts";

export class UserRingbufMap extends RingbufMap {
  /** User space writes a sample. false: there is no room for it. */
  produce(data: Uint8Array): boolean {
    const at = this.reserve(data.length);
    if (at === 0) return false;
    this.memory.copyIn(at, data);
    return this.commit(at, false);
  }

  /** The next sample. The program may read it until it is released. */
  peek(): { readonly at: number; readonly size: number } | undefined {
    const sample = this.oldest();
    if (sample !== undefined) this.memory.permit(sample.at, sample.size);
    return sample;
  }

  /** Called after the program has seen the sample: frees it. */
  releaseSample(): void {
    const sample = this.oldest();
    if (sample === undefined) return;
    this.memory.forbid(sample.at, sample.size);
    this.consumeTo(sample.next);
  }
}
