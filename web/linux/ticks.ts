// The clock of the emulator. v86 asks a Worker for it: it posts `{ t, tick }` and wants `tick` back after t milliseconds,
// at once where t is below 1. Timers of browsers wait 4 ms at least, messages do not wait.

interface Wanted {
  readonly t: number;
  readonly tick: number;
}

export class Ticks {
  onmessage: ((event: { readonly data: number }) => void) | null = null;
  readonly #channel = new MessageChannel();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#channel.port1.onmessage = ({ data }) => this.onmessage?.({ data });
  }

  postMessage({ t, tick }: Wanted): void {
    clearTimeout(this.#timer);
    if (t < 1) this.#channel.port2.postMessage(tick);
    else this.#timer = setTimeout(() => this.onmessage?.({ data: tick }), t);
  }

  terminate(): void {
    clearTimeout(this.#timer);
    this.#channel.port1.close();
  }
}
