// The only source of time, randomness and identity for a run: the same Env gives the same run, bit for bit.

/** How many CPUs the simulated machine has. */
export const CPUS = 4;

export interface Env {
  /** Nanoseconds since boot at the start of a run; and by how many nanoseconds each reading of a clock advances it. */
  readonly bootTime: bigint;
  readonly tick: number;
  /** Nanoseconds between 1970 and the machine's boot, for bpf_ktime_get_tai_ns. */
  readonly wallOffset: bigint;
  /** Seed of bpf_get_prandom_u32. */
  readonly seed: bigint;
  /** The CPU that the program runs on (below Memory.cpus), and its NUMA node. */
  readonly cpu: number;
  readonly numaNode: number;
  /** The task that triggered the hook. */
  readonly pid: number;
  readonly tgid: number;
  readonly uid: number;
  readonly gid: number;
  /** Programs see at most 15 characters. */
  readonly comm: string;
  readonly cgroupId: bigint;
  /** Number of the network interface that packets arrive on. */
  readonly ifindex: number;
  /** true: somebody listens on every address, so that a look-up for a socket finds one. */
  readonly sockets: boolean;
}

const DEFAULTS: Env = {
  bootTime: 86_400_000_000_000n,
  tick: 125,
  wallOffset: 1_700_000_000_000_000_000n,
  seed: 0x0123_4567_89ab_cdefn,
  cpu: 0,
  numaNode: 0,
  pid: 4242,
  tgid: 4242,
  uid: 0,
  gid: 0,
  comm: "bash",
  cgroupId: 1n,
  ifindex: 1,
  sockets: false,
};

/** A machine with one shell on it, with the given changes. */
export const defaultEnv = (changes: Partial<Env> = {}): Env => ({ ...DEFAULTS, ...changes });

/** Four words of generator state from a seed (splitmix64). They are never all zero. */
export function randomState(seed: bigint): [number, number, number, number] {
  let state = BigInt.asUintN(64, seed);
  const next = () => {
    state = BigInt.asUintN(64, state + 0x9e37_79b9_7f4a_7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn);
    return z ^ (z >> 31n);
  };
  const [a, b] = [next(), next()];
  return [Number(a & 0xffff_ffffn), Number(a >> 32n), Number(b & 0xffff_ffffn), Number(b >> 32n) | 1];
}

/** One step of xoshiro128**: returns the value and updates the state in place. Words are u32. */
export function nextRandom(s: Uint32Array): number {
  const [a, b, c, d] = s as unknown as [number, number, number, number];
  const scaled = Math.imul(b, 5);
  const value = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
  const c1 = c ^ a;
  const d1 = d ^ b;
  s[1] = b ^ c1;
  s[0] = a ^ d1;
  s[2] = c1 ^ (b << 9);
  s[3] = (d1 << 11) | (d1 >>> 21);
  return value;
}
