// Programs for refusals that the other recordings do not have. Each is the smallest one that is refused in this way. Read the shorthand
// in shorthand.ts first.
import type { FuncInfo } from "../../program/program.ts";
import {
  add,
  alu,
  alur,
  call,
  done,
  exit,
  func,
  type Item,
  jmp,
  jmpr,
  ldMap,
  ldsx,
  ldx,
  local,
  lookup,
  mov,
  movr,
} from "./shorthand.ts";
import type { Written } from "./verifier-programs.ts";

const as = (progType: string, ...items: (Item | readonly Item[])[]): Written => ({ items, progType });

/** R2 = data, R3 = data_end of an xdp program. */
const packet: Item[] = [ldx("w", 2, 1, 0), ldx("w", 3, 1, 4)];
/** R0 = an unknown number. R1 is kept. */
const number: Item[] = [movr(6, 1), call("get_prandom_u32"), movr(1, 6)];
const MAIN: FuncInfo = { name: "main", global: true, params: [], returns: "int" };

export const REFUSAL_PROGRAMS: Readonly<Record<string, Written>> = {
  "packet, a negative index": as("xdp", number, packet, movr(5, 0, 8), alur("add", 2, 5), ldx("b", 0, 2, 0), exit),
  "packet, compared but too far in": as(
    "xdp",
    number,
    packet,
    [alu("and", 0, 0x1ffff), alur("add", 2, 0), movr(4, 2), add(4, 1), jmpr("gt", 4, 3, 1), ldx("b", 0, 2, 0)],
    done,
  ),
  "packet, before its start": as("xdp", packet, movr(4, 2), add(4, 14), jmpr("gt", 4, 3, 1), ldx("b", 0, 2, -1), done),
  "packet, behind its end": as("xdp", packet, jmpr("gt", 2, 3, 2), done, ldx("b", 0, 2, 0), exit),
  "a map value, the least index too far": {
    items: [
      ...[...lookup("array"), jmp("ne", 0, 0, 2), ...done],
      ...[
        movr(7, 0),
        call("get_prandom_u32"),
        alu("and", 0, 7),
        add(0, 48),
        alur("add", 7, 0),
        ldx("b", 0, 7, 0),
        exit,
      ],
    ],
  },
  "ctx pointer, sign-extended": as("xdp", ldsx("w", 2, 1, 0), done),
  "a timer that returns an address": {
    progType: "sched_cls",
    funcInfo: true,
    items: [
      ...[...lookup("timers"), jmp("ne", 0, 0, 2), ...done],
      ...[movr(1, 0), ...func(2, 4), call("timer_set_callback"), ...done],
      ...[movr(0, 1), exit],
    ],
  },
  "global: a parameter of another kind": {
    funcInfo: true,
    functions: [MAIN, { name: "f", global: true, params: [{ unsupported: "STRUCT" }], returns: "int" }],
    items: [local(2), done, done],
  },
  "a dynptr at a variable place": {
    items: [
      ...[call("get_prandom_u32"), alu("and", 0, 8), movr(4, 10), add(4, -32), alur("add", 4, 0)],
      ...[ldMap(1, "ring"), mov(2, 8), mov(3, 0), call("ringbuf_reserve_dynptr"), ...done],
    ],
  },
};
