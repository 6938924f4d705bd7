// What one command of the shell gives before its output is redirected.
import { utf8Encode } from "../base/bytes.ts";

export interface Ran {
  /** Standard output. A terminal shows it as UTF-8. */
  readonly out: Uint8Array;
  /** Standard error. */
  readonly err: string;
  readonly status: number;
}

export const ok = (out: string): Ran => ({ out: utf8Encode(out), err: "", status: 0 });
export const failed = (err: string, status = 1): Ran => ({ out: new Uint8Array(), err, status });
