// Where everything of a machine lies in its one buffer. The interpreter and the JIT share the buffer.
//
//   offset 0            shadow: one byte for each 8-byte granule of the buffer
//   RUN_STATE           registers, current program, clock, random state, saved frames
//   STACK .. STACK_END  eight stacks of 512 bytes; frame 0 has the highest addresses, as on x86-64
//   CTX                 the context structure of the program type, and small kernel objects it points to
//   PACKET              headroom, packet bytes, tailroom
//   HEAP_STATE          which parts of the heap are in use
//   HEAP                maps, constant pools of programs
//
// The upper 32 bits of every valid guest address are KERNEL_HI; the lower 32 bits are an offset into the buffer. A shadow byte says how
// many bytes of its granule may be touched, counted from the granule's start (0 … 8). It adds SHADOW_READONLY if they may only be read. 0
// sends the access to the slow path, which converts context fields and makes faults.

/** Upper 32 bits of every guest address, as s32. This is the kernel's direct mapping on x86-64. */
export const KERNEL_HI = 0xffff8881 | 0;
export const KERNEL_BASE = 0xffff_8881_0000_0000n;

/** The size in bytes that the buffer can grow to. */
export const MAX_BYTES = 64 << 20;
export const SHADOW_BYTES = MAX_BYTES >>> 3;
export const SHADOW_READONLY = 16;

export const RUN_STATE = SHADOW_BYTES;
/** R0 … R10 as u64. R11 is a scratch value of the machine. */
export const REGS = RUN_STATE;
/** How many saved frames are in use. 0: the main program runs. */
export const DEPTH = RUN_STATE + 0x64;
/** id of the running program. A tail call changes it. */
export const CURRENT_PROG = RUN_STATE + 0x68;
export const TAIL_CALLS = RUN_STATE + 0x6c;
/** u64 nanoseconds since boot. */
export const CLOCK = RUN_STATE + 0x70;
/** u32 × 4: the state of bpf_get_prandom_u32's generator. */
export const RANDOM_STATE = RUN_STATE + 0x78;
/** u32: lines in the trace pipe. */
export const TRACE_COUNT = RUN_STATE + 0x88;
/** u32: records written to perf event arrays. */
export const OUTPUT_COUNT = RUN_STATE + 0x8c;
/** u32: how many turns a may_goto of the current function has left. pushFrame saves the caller's number in the frame. */
export const MAY_GOTO = RUN_STATE + 0x90;
/** u32: offset of the bpf_spin_lock that is held. 0: none. */
export const LOCK_HELD = RUN_STATE + 0x94;
/** u32 offsets: start of the packet area, data_meta, data, data_end, end of the packet area, MAC header, network header. */
const PACKET_STATE = RUN_STATE + 0x98;
export const PKT_HARD_START = PACKET_STATE;
export const PKT_META = PACKET_STATE + 4;
export const PKT_DATA = PACKET_STATE + 8;
export const PKT_END = PACKET_STATE + 12;
export const PKT_HARD_END = PACKET_STATE + 16;
/** Offset of the MAC header and of the network header (only skb: ld_abs with SKF_LL_OFF, SKF_NET_OFF). */
export const PKT_MAC = PACKET_STATE + 20;
export const PKT_NET = PACKET_STATE + 24;
/** u32: target ifindex of the last redirect. The next u32: its flags. */
export const REDIRECT = RUN_STATE + 0xb4;
/** u32: where the next small kernel object goes that a helper makes during a run (sockets, dynptr data). It only moves up. */
export const NEXT_OBJECT = RUN_STATE + 0xbc;
/** State of timer callbacks, which run after the program has ended (helpers/timer.ts). */
const TIMERS = RUN_STATE + 0xc0;
export const TIMER = {
  /** u64: R0 at the end of the program itself. It is the result of the run. */
  result: TIMERS,
  /** u32: 1 if a timer was started in this run. */
  armed: TIMERS + 8,
  /** u32: how many callbacks were started. */
  fired: TIMERS + 12,
  /** u32: offset of the timer whose callback runs. 0: the program itself runs. */
  running: TIMERS + 16,
  /** u32: id of the map that holds that timer. */
  map: TIMERS + 20,
  /** u64: room for the key that the callback gets if the map is an array. */
  key: TIMERS + 24,
  /** u32 offset and u32 size of a key that the callback may read only while it runs. Size 0: none. */
  readGrant: TIMERS + 32,
} as const;
/** u32: offset of the struct task_struct that was given to the program. 0: none. */
export const TASK = RUN_STATE + 0xe8;
/** u32: offset of the packet's tunnel metadata. 0: none. */
export const TUNNEL = RUN_STATE + 0xec;

/** Saved state of callers, innermost last. */
export const FRAMES = RUN_STATE + 0x100;
export const FRAME_BYTES = 128;
export const MAX_FRAMES = 8;
export const FRAME = {
  /** u32: slot * SLOT_WORDS to continue at after the call returns. */
  ip: 0,
  /** u32: a FRAME_KIND. */
  kind: 4,
  /** u32: turns of may_goto that the caller has left. */
  mayGoto: 8,
  /** u32: position of the callback, as slot * SLOT_WORDS. */
  callback: 12,
  /** u64 × 5: R6 … R9 and R10 of the caller. */
  regs: 16,
  /** u32 next index, u32 number of iterations, u32 map id, u32 flags. */
  index: 56,
  total: 60,
  map: 64,
  flags: 68,
  /** u64: the context argument of the callback. */
  ctx: 72,
  /** u32: id of the caller's program. A tail call in a callee does not change where the callee returns to. */
  prog: 80,
  /** u64: room for the key that a callback on an array gets. */
  key: 88,
  /** struct bpf_dynptr of the sample that a callback of bpf_user_ringbuf_drain gets. */
  dynptr: 96,
  /** u32 offset and u32 size of memory that the callback may read only during its turn. Size 0: none. */
  readGrant: 112,
  /** u64: where bpf_for_each_map_elem continues (BpfMap.elementAt). */
  cursor: 120,
} as const;

export const STACK_FRAME_BYTES = 512;
export const STACK = RUN_STATE + 0x1000;
export const STACK_END = STACK + MAX_FRAMES * STACK_FRAME_BYTES;

export const CTX = RUN_STATE + 0x3000;
export const CTX_BYTES = 0x1000;
/** Small kernel objects (sockets, tunnel keys) that context fields or helpers hand out. */
export const OBJECTS = RUN_STATE + 0x4000;
/** A scratch area for helpers. Programs never see it. */
export const SCRATCH = RUN_STATE + 0x8000;
export const SCRATCH_BYTES = 0x4000;

export const PACKET = RUN_STATE + 0x10000;
export const PACKET_END = RUN_STATE + 0x30000;

/** Unlike all above, the words from here on do not belong to a run. */
const HEAP_STATE = RUN_STATE + 0x30000;
/** u32: end of the used part of the heap (0: HEAP). */
export const BRK = HEAP_STATE;
/** u32: the first free block of the heap. The chain of free blocks starts with this word (allocator.ts). */
export const FREE_BLOCKS = HEAP_STATE + 4;
/** u32 offset and u32 size of a scratch area for keys and values that do not fit in SCRATCH. 0: there is none. */
export const LARGE_SCRATCH = HEAP_STATE + 8;

export const HEAP = RUN_STATE + 0x40000;

/** How many ints a decoded slot takes (decode.ts). */
export const SLOT_WORDS = 8;
export const SLOT_SHIFT = 3;

/** Why a frame was saved. It decides what happens when the function returns. */
export const FRAME_KIND = { call: 0, loop: 1, forEach: 2, drain: 3 } as const;

/** Guest address of a buffer offset. */
export const addressOf = (off: number): bigint => KERNEL_BASE | BigInt(off >>> 0);
