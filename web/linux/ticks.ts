// The clock of the emulator, in place of v86's Worker. v86 posts `{ t, tick }` and wants `tick` back after t milliseconds, or at once
// if t is below 1. A browser's timers wait at least 4 ms, so the answer at once is a message.

interface TickRequest {
  readonly t: number;
  readonly tick: number;
}

export class TickClock {
  onmessage: ((event: { readonly data: number }) => void) | null = null;
  readonly #channel = new MessageChannel();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#channel.port1.onmessage = ({ data }) => this.onmessage?.({ data });
  }

  postMessage({ t, tick }: TickRequest): void {
    clearTimeout(this.#timer);
    if (t < 1) this.#channel.port2.postMessage(tick);
    else this.#timer = setTimeout(() => this.onmessage?.({ data: tick }), t);
  }

  terminate(): void {
    clearTimeout(this.#timer);
    this.#channel.port1.close();
  }
}
