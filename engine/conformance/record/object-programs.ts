// Programs with callbacks, locks, timers, dynptrs and pointers to kernel structures, and refusals of special cases that
// verifier-programs.ts does not have. Read the shorthand in shorthand.ts first.
import {
  add,
  alu,
  alur,
  call,
  done,
  exit,
  func,
  type Item,
  ja,
  jmp,
  ld64,
  ldMap,
  ldValue,
  ldx,
  local,
  lookup,
  mayGoto,
  mov,
  movr,
  raw,
  type Settings,
  st,
  stx,
} from "./shorthand.ts";
import type { Written } from "./verifier-programs.ts";

const p = (...items: (Item | readonly Item[])[]): Written => ({ items });
const as = (progType: string, ...items: (Item | readonly Item[])[]): Written => ({ items, progType });
const btf = (...items: (Item | readonly Item[])[]): Written => ({ items, funcInfo: true });
const btfAs = (settings: Settings, ...items: (Item | readonly Item[])[]): Written => ({
  items,
  funcInfo: true,
  ...settings,
});

const kfunc = (id: number, off = 0): Item => raw(0x85, 0, 2, off, id);
/** R0 = the value of `map`, not null. R1 to R5 are lost. */
const value = (map: string): Item[] => [...lookup(map), jmp("ne", 0, 0, 2), mov(0, 0), exit];
const lock: Item[] = [movr(1, 6), add(1, 4), call("spin_lock")];
const unlock: Item[] = [movr(1, 6), add(1, 4), call("spin_unlock")];
/** The main program: calls the function after its exit for each element of `map`. */
const forEach = (map: string): Item[] => [
  ldMap(1, map),
  ...func(2, 6),
  mov(3, 0),
  mov(4, 0),
  call("for_each_map_elem"),
  mov(0, 0),
  exit,
];
const loops = (times: number): Item[] => [
  mov(1, times),
  ...func(2, 6),
  mov(3, 0),
  mov(4, 0),
  call("loop"),
  mov(0, 0),
  exit,
];
const drain: Item[] = [
  ldMap(1, "users"),
  ...func(2, 6),
  mov(3, 0),
  mov(4, 0),
  call("user_ringbuf_drain"),
  mov(0, 0),
  exit,
];
/** A dynptr for 16 bytes of a map value, at fp-24. R6 = the value. */
const onValue: Item[] = [
  ...value("array"),
  movr(6, 0),
  movr(1, 0),
  mov(2, 16),
  mov(3, 0),
  movr(4, 10),
  add(4, -24),
  call("dynptr_from_mem"),
];
/** A chain of `n` functions, each of which calls the next one. The first of them comes right after the instructions before. */
const chain = (n: number): Item[] => [...Array.from({ length: n - 1 }, () => [local(1), exit]).flat(), mov(0, 0), exit];

export const OBJECT_PROGRAMS: Readonly<Record<string, Written>> = {
  "a kernel function of no number": p(mov(0, 0), kfunc(0), exit),
  "a kernel function of no number, never reached": p(mov(0, 0), jmp("eq", 0, 0, 1), kfunc(0), exit),
  "a kernel function of a number that none has": p(kfunc(-1), done),
  "a kernel function of a module": p(kfunc(5, 1), done),
  "a kernel function of a negative module": p(kfunc(5, -1), done),
  "the address of no kernel variable": p(raw(0x18, 1, 3, 0, 0), raw(0), done),
  "the address of a kernel variable that none is": p(raw(0x18, 1, 3, 0, -1), raw(0), done),
  "the address of a variable of a module": p(raw(0x18, 1, 3, 0, 5), raw(0, 0, 0, 0, 7), done),
  "a direct value far off": p(ldValue(1, "array", 1 << 29), done),
  "a tracing program without a function to trace": { ...as("tracing", done), expectedAttachType: 28 },
  "a lock in a program that traces": as("kprobe", ldMap(1, "locks"), done),
  "a lock in a socket filter": p(ldMap(1, "locks"), done),
  "a timer in a program that traces": as("perf_event", ldMap(1, "timers"), done),
  "a map pointer written through": p(ldMap(1, "array"), st("w", 1, 0, 0), done),
  "a map pointer read before its start": p(ldMap(1, "array"), ldx("w", 2, 1, -4), done),
  "a pointer moved too far": p(...value("array"), add(0, 1 << 29), mov(0, 0), exit),
  "a format in the packet": as("xdp", [ldx("w", 1, 1, 0), movr(2, 1), mov(2, 4), call("trace_printk")], done),
  "a socket map peeked into": as("sched_cls", ldMap(1, "socks"), movr(2, 10), add(2, -8), call("map_peek_elem"), done),
  "a socket map updated while tracing": as(
    "kprobe",
    [
      st("dw", 10, -8, 0),
      ldMap(1, "socks"),
      movr(2, 10),
      add(2, -8),
      movr(3, 10),
      add(3, -8),
      mov(4, 0),
      call("map_update_elem"),
    ],
    done,
  ),
  "a million instructions": {
    ...p(mov(6, 0), add(6, 1), jmp("ne", 6, 1_000_000, -2), done),
    logLevel: 4,
  },
  "nine functions deep, not walked": p(mov(0, 0), jmp("eq", 0, 0, 1), local(1), exit, chain(9)),
  "a stack of its own, and a counter on it": as("kprobe", st("dw", 10, -512, 0), mayGoto(1), ja(-2), done),
  "a tail call after a deep stack": btf(
    [st("dw", 10, -264, 0), local(2), mov(0, 0), exit],
    [ldMap(2, "progs"), mov(3, 0), call("tail_call"), mov(0, 0), exit],
  ),

  "locked and unlocked": as("sched_cls", ...value("locks"), movr(6, 0), lock, unlock, done),
  "locked, and left": as("sched_cls", ...value("locks"), movr(6, 0), lock, done),
  "locked twice": as("sched_cls", ...value("locks"), movr(6, 0), lock, lock, done),
  "unlocked only": as("sched_cls", ...value("locks"), movr(6, 0), unlock, done),
  "another lock unlocked": as(
    "sched_cls",
    ...value("locks"),
    movr(7, 0),
    ...value("locks"),
    movr(6, 0),
    movr(8, 6),
    lock,
    movr(6, 7),
    unlock,
    done,
  ),
  "a lock at a place not known": as(
    "sched_cls",
    ...value("locks"),
    [movr(6, 0), ldx("w", 7, 6, 0), alu("and", 7, 4), alur("add", 6, 7), movr(1, 6), call("spin_lock")],
    done,
  ),
  "a lock at the wrong place": as("sched_cls", ...value("locks"), [movr(1, 0), call("spin_lock")], done),
  "a lock read": as("sched_cls", ...value("locks"), ldx("w", 1, 0, 4), done),
  "a lock given away": as(
    "sched_cls",
    ...value("locks"),
    [movr(1, 0), mov(2, 16), mov(3, 0), call("probe_read_kernel")],
    done,
  ),
  "a helper within a lock": as("sched_cls", ...value("locks"), movr(6, 0), lock, call("get_prandom_u32"), unlock, done),
  "a packet load within a lock": as(
    "sched_cls",
    movr(9, 1),
    ...value("locks"),
    movr(6, 0),
    lock,
    movr(6, 9),
    raw(0x20, 0, 0, 0, 0),
    done,
  ),
  "a global function within a lock": {
    ...as("sched_cls", ...value("locks"), movr(6, 0), lock, local(5), unlock, done, [mov(0, 0), exit]),
    funcInfo: true,
    functions: [
      { name: "main", global: true, params: [], returns: "int" },
      { name: "f", global: true, params: [], returns: "int" },
    ],
  },
  "a function within a lock": as("sched_cls", ...value("locks"), movr(6, 0), lock, local(5), unlock, done, [
    mov(0, 0),
    exit,
  ]),

  "a timer": btfAs(
    { progType: "sched_cls" },
    ...value("timers"),
    [movr(6, 0), movr(1, 6), ldMap(2, "timers"), mov(3, 0), call("timer_init")],
    [movr(1, 6), ...func(2, 7), call("timer_set_callback"), movr(1, 6), mov(2, 1), mov(3, 0), call("timer_start")],
    done,
    done,
  ),
  "a timer that returns 1": btfAs(
    { progType: "sched_cls" },
    ...value("timers"),
    [movr(6, 0), movr(1, 6), ...func(2, 4), call("timer_set_callback")],
    done,
    [mov(0, 1), exit],
  ),
  "a timer of another map": as(
    "sched_cls",
    ...value("timers"),
    [movr(1, 0), ldMap(2, "array"), mov(3, 0), call("timer_init")],
    done,
  ),
  "a timer at the wrong place": as(
    "sched_cls",
    ...value("timers"),
    [movr(1, 0), add(1, 8), call("timer_cancel")],
    done,
  ),
  "a timer at a place not known": as(
    "sched_cls",
    ...value("timers"),
    [movr(6, 0), ldx("w", 7, 6, 16), alu("and", 7, 4), alur("add", 6, 7), movr(1, 6), call("timer_cancel")],
    done,
  ),
  "a timer read": as("sched_cls", ...value("timers"), ldx("w", 1, 0, 4), done),
  "a timer without one in the map": as("sched_cls", ...value("array"), [movr(1, 0), call("timer_cancel")], done),

  "each element": btf(forEach("array"), done),
  "each element, key written": btf(forEach("array"), st("w", 2, 0, 1), done),
  "each element, beyond the key": btf(forEach("array"), ldx("dw", 0, 2, 0), done),
  "each element, beyond the value": btf(forEach("array"), ldx("dw", 0, 3, 48), done),
  "each element, a pointer returned": btf(forEach("array"), movr(0, 3), exit),
  "each element, 2 returned": btf(forEach("array"), mov(0, 2), exit),
  "each element of a map that has none": btf(forEach("lpm"), done),
  "each element of a queue": btf(forEach("queue"), done),
  "a loop of one turn": btf(loops(1), done),
  "a loop of many turns": btf(loops(1000), done),
  "a loop of turns not known": btf(
    [call("get_prandom_u32"), movr(1, 0), ...func(2, 6), mov(3, 0), mov(4, 0), call("loop"), mov(0, 0), exit],
    done,
  ),
  "a callback without BTF": p(loops(1), done),
  "records drained": btf(drain, done),
  "a record's dynptr given back": btf(drain, [mov(2, 0), call("ringbuf_submit_dynptr")], done),
  "a record's dynptr made anew": btf(
    drain,
    [movr(4, 1), ldMap(1, "ring"), mov(2, 8), mov(3, 0), call("ringbuf_reserve_dynptr")],
    done,
  ),
  "a record's dynptr read": btf(
    drain,
    [movr(3, 1), movr(1, 10), add(1, -8), mov(2, 8), mov(4, 0), mov(5, 0), call("dynptr_read")],
    done,
  ),
  "a number for a dynptr": btf(drain, [mov(1, 1), mov(2, 0), call("ringbuf_submit_dynptr")], done),

  "a dynptr on a value": p(onValue, [movr(1, 10), add(1, -24), mov(2, 0), mov(3, 8), call("dynptr_data")], done),
  "a dynptr on a value given back as a record": p(
    onValue,
    [movr(1, 10), add(1, -24), mov(2, 0), call("ringbuf_submit_dynptr")],
    done,
  ),
  "a dynptr overwritten by a helper": p(
    onValue,
    [movr(1, 10), add(1, -16), mov(2, 16), mov(3, 0), call("probe_read_kernel")],
    done,
  ),
  "a dynptr read as a number": p(onValue, ldx("dw", 0, 10, -24), done),
  "a dynptr for a key": p(onValue, [movr(2, 10), add(2, -24), ldMap(1, "hash"), call("map_lookup_elem")], done),
  "a map of unknown place for a dynptr": p(onValue, [mov(1, 8), call("dynptr_data")], done),

  "a task": as("kprobe", call("get_current_task_btf"), done),
  "a task for a socket": as("sched_cls", call("get_current_task_btf"), [movr(1, 0), call("skc_to_tcp_sock")], done),
  "a task's name written over the task": as(
    "kprobe",
    [call("get_current_task_btf"), movr(1, 0), mov(2, 16), call("get_current_comm")],
    done,
  ),
  "a task written to": as("kprobe", call("get_current_task_btf"), st("w", 0, 0, 0), done),
  "a task read before its start": as("kprobe", call("get_current_task_btf"), ldx("w", 1, 0, -4), done),
  "a task, moved by a number not known": as(
    "kprobe",
    [ldx("dw", 6, 1, 0), call("get_current_task_btf"), alu("and", 6, 8), alur("add", 0, 6), ldx("w", 1, 0, 0)],
    done,
  ),
  "a task read, without a compatible license": {
    ...as("kprobe", call("get_current_task_btf"), ldx("w", 1, 0, 0), done),
    license: "Proprietary",
  },
  "a task that is moved back": as("kprobe", call("get_current_task_btf"), add(0, -8), ldx("w", 1, 0, 0), done),
  "the pointers of a netfilter hook": {
    ...as("netfilter", ldx("dw", 2, 1, 0), ldx("dw", 3, 1, 8), done),
    expectedAttachType: 45,
  },
  "a netfilter hook's state read, without a compatible license": {
    ...as("netfilter", ldx("dw", 2, 1, 0), ldx("w", 3, 2, 0), done),
    expectedAttachType: 45,
    license: "Proprietary",
  },
  "half a pointer of a netfilter hook": { ...as("netfilter", ldx("w", 2, 1, 0), done), expectedAttachType: 45 },
  "a packet of a netfilter hook, moved": {
    ...as("netfilter", ldx("dw", 2, 1, 8), add(2, 8), stx("dw", 10, -8, 2), done),
    expectedAttachType: 45,
  },
  "a verdict that netfilter has not": { ...as("netfilter", mov(0, 2), exit), expectedAttachType: 45 },
  "a helper that sleeps within a global function": {
    ...as(
      "kprobe",
      [local(2), mov(0, 0), exit],
      [movr(1, 10), add(1, -8), mov(2, 8), mov(3, 0), call("copy_from_user")],
      done,
    ),
    funcInfo: true,
    functions: [
      { name: "main", global: true, params: [], returns: "int" },
      { name: "f", global: true, params: [], returns: "int" },
    ],
  },
  "memory that is never null, in a static function": {
    ...p(mov(1, 0), local(2), mov(0, 0), exit, mov(0, 0), exit),
    funcInfo: true,
    functions: [
      { name: "main", global: true, params: [], returns: "int" },
      { name: "f", global: false, params: [{ mem: 8, nonnull: true }], returns: "int" },
    ],
  },
  "a pointer moved too far in two steps": p(...value("array"), add(0, 0x1fffffff), add(0, 0x1fffffff), mov(0, 0), exit),
  "more maps than a program may have": p(
    Array.from({ length: 65 }, (_, i) => ldMap(1, `array#${i}`)),
    done,
  ),
  "a socket map updated where it may not be": as(
    "cgroup_skb",
    [ldx("dw", 3, 1, 168), jmp("ne", 3, 0, 2), mov(0, 0), exit],
    [st("dw", 10, -8, 0), ldMap(1, "socks"), movr(2, 10), add(2, -8), mov(4, 0), call("map_update_elem")],
    done,
  ),
  "a loop that counts on the stack, and its count": btf(
    [st("dw", 10, -8, 0), mov(1, 2), ...func(2, 11), movr(3, 10), add(3, -8), mov(4, 0), call("loop")],
    [ldx("dw", 1, 10, -8), movr(2, 10), alur("add", 2, 1), ldx("b", 0, 2, -8), alu("and", 0, 1), exit],
    [ldx("dw", 3, 2, 0), add(3, 1), stx("dw", 2, 0, 3), mov(0, 0), exit],
  ),
  "a kernel function, without a compatible license": { ...p(kfunc(0), done), license: "Proprietary" },
  "a helper for GPL programs only": {
    ...as(
      "kprobe",
      call("ktime_get_ns"),
      [movr(1, 10), add(1, -8), mov(2, 8), mov(3, 0), call("probe_read_kernel")],
      done,
    ),
    license: "Proprietary",
  },
  "64-bit constants": p(ld64(1, 1, 2), ld64(2, -1, -1), done),
};
