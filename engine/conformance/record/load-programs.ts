// Programs in the form in which a loader of objects loads them: with frozen maps, named maps, source lines, and a main function that
// BTF describes. Read the shorthand in shorthand.ts first.
import type { FuncInfo, FuncParam, LineInfo } from "../../program/program.ts";
import {
  add,
  alu,
  call,
  done,
  exit,
  func,
  type Item,
  ja,
  jmp,
  ldAbs,
  ldMap,
  ldsx,
  ldValue,
  ldx,
  local,
  lookup,
  mov,
  movr,
  raw,
  type Size,
  st,
  stx,
} from "./shorthand.ts";
import type { Written } from "./verifier-programs.ts";

const p = (...items: (Item | readonly Item[])[]): Written => ({ items });
const as = (progType: string, ...items: (Item | readonly Item[])[]): Written => ({ items, progType });

/** R0 = the loaded value. If it is not `imm`, the program makes an access that its context does not have, and is refused. */
const unlessLoaded = (load: Item, imm = 0): Item[] => [load, jmp("eq", 0, imm, 2), ldx("dw", 0, 1, 1000), exit];

const compare = (...text: Item[]): Item[] => [
  st("dw", 10, -8, 0),
  movr(1, 10),
  add(1, -8),
  mov(2, 8),
  ...text,
  call("strncmp"),
  ...done,
];
const print = (bytes: number, ...format: Item[]): Item[] => [
  st("dw", 10, -8, 1),
  st("dw", 10, -16, 1),
  movr(1, 10),
  add(1, -64),
  st("dw", 10, -64, 0),
  mov(2, 8),
  ...format,
  movr(4, 10),
  add(4, -16),
  mov(5, bytes),
  call("snprintf"),
  ...done,
];

/** Each line is for the slots from its number on. */
const lines = (...all: [slot: number, line: number, text: string, file?: string][]): LineInfo[] =>
  all.map(([slot, line, text, file = "/src/prog.bpf.c"]) => ({ slot, file, line, column: 2, text }));
const MAIN: FuncInfo = { name: "main", global: true, params: ["ctx"], returns: "int" };
const withLines = (all: readonly LineInfo[], ...items: (Item | readonly Item[])[]): Written => ({
  items,
  funcInfo: true,
  functions: [MAIN],
  lines: all,
});
const main = (info: Partial<FuncInfo>): Written => ({ items: done, funcInfo: true, functions: [{ ...MAIN, ...info }] });
const mainTakes = (...params: FuncParam[]): Written => main({ params });
const sizes: readonly Size[] = ["b", "h", "w", "dw"];

export const LOAD_PROGRAMS: Readonly<Record<string, Written>> = {
  "frozen: zeros, and a branch that is never taken": p(ldValue(6, "rodata"), unlessLoaded(ldx("w", 0, 6, 0)), done),
  "frozen: not frozen": p(ldValue(6, "readonly"), unlessLoaded(ldx("w", 0, 6, 0)), done),
  "frozen: not read-only for programs": p(ldValue(6, "writable"), unlessLoaded(ldx("w", 0, 6, 0)), done),
  "frozen: a hash": p(lookup("frozenhash"), jmp("ne", 0, 0, 2), done, [ldx("w", 0, 0, 0), ...done]),
  "frozen: an array of four": p(lookup("rodata4"), jmp("ne", 0, 0, 2), done, [ldx("w", 0, 0, 0), ...done]),
  "frozen: looked up": p(lookup("rodata"), jmp("ne", 0, 0, 2), done, [
    movr(6, 0),
    ...unlessLoaded(ldx("w", 0, 6, 4)),
    ...done,
  ]),
  "frozen: looked up with an offset that is not known": p(lookup("rodata"), jmp("ne", 0, 0, 2), done, [
    movr(6, 0),
    call("get_prandom_u32"),
    alu("and", 0, 7),
    raw(0x0f, 6, 0),
    ldx("b", 0, 6, 8),
    ...done,
  ]),
  "frozen: a written value": p(ldValue(6, "rodata"), st("w", 6, 0, 1), done),
  "frozen: beyond the value": p(ldValue(6, "rodata"), ldx("dw", 0, 6, 12), done),
  ...Object.fromEntries(
    sizes.flatMap((size) => [
      [`frozen: a load of ${size}`, p(ldValue(6, "numbers"), ldx(size, 0, 6, 0), ldx(size, 1, 6, 8), done)],
      ...(size === "dw"
        ? []
        : [[`frozen: a signed load of ${size}`, p(ldValue(6, "numbers"), ldsx(size, 0, 6, 0), done)]]),
    ]),
  ),
  "frozen: a load at an offset": p(ldValue(6, "numbers", 4), ldx("w", 0, 6, 0), add(6, 4), ldx("b", 0, 6, 0), done),
  "frozen: as an offset": p(
    st("dw", 10, -8, 0),
    ldValue(6, "numbers"),
    ldx("b", 1, 6, 8),
    movr(2, 10),
    alu("mul", 1, -8),
    [raw(0x0f, 2, 1), ldx("dw", 0, 2, 0), ...done],
  ),
  "frozen: as a bound of a loop": p(ldValue(6, "numbers"), ldx("b", 7, 6, 8), [
    mov(0, 0),
    add(0, 1),
    raw(0x2d, 7, 0, -2),
    exit,
  ]),
  "frozen: stored and loaded again": p(
    ldValue(6, "numbers"),
    ldx("dw", 1, 6, 8),
    stx("dw", 10, -8, 1),
    ldx("w", 0, 10, -8),
    jmp("eq", 0, 1, 1),
    ldx("dw", 0, 1, 1000),
    done,
  ),
  "a string: with an end": p(compare(ldValue(3, "text"))),
  "a string: without an end": p(compare(ldValue(3, "text", 16))),
  "a string: not frozen": p(compare(ldValue(3, "readonly"))),
  "a string: in an array of four": p(lookup("rodata4"), jmp("ne", 0, 0, 2), done, [movr(6, 0), ...compare(movr(3, 6))]),
  "a string: in a hash": p(lookup("frozenhash"), jmp("ne", 0, 0, 2), done, [movr(6, 0), ...compare(movr(3, 6))]),
  "a string: at an offset that is not known": p(
    call("get_prandom_u32"),
    alu("and", 0, 7),
    movr(7, 0),
    ldValue(6, "text"),
    raw(0x0f, 6, 7),
    compare(movr(3, 6)),
  ),
  "a string: beyond the value": p(compare(ldValue(3, "text", 31), add(3, 1))),
  "a format: fits": as("tracepoint", print(16, ldValue(3, "text"))),
  "a format: lacks an argument": as("tracepoint", print(8, ldValue(3, "text"))),
  "a format: half an argument": as("tracepoint", print(12, ldValue(3, "text"))),
  "a format: of an unknown kind": as("tracepoint", print(16, ldValue(3, "text", 12))),
  "named: values and pointers": p(
    ldValue(6, "prog.rodata", 8),
    ldx("w", 0, 6, 0),
    ldMap(1, "counts"),
    lookup("counts"),
    done,
  ),
  "lines: one a slot, one for two": withLines(
    lines([0, 3, "\tint x = 0;"], [1, 4, "    return x;"]),
    mov(0, 0),
    mov(0, 1),
    exit,
  ),
  "lines: the same line twice is said once": withLines(
    lines([0, 3, "f();"], [1, 3, "f();"], [2, 3, "f();", "other.h"]),
    mov(0, 0),
    mov(0, 1),
    exit,
  ),
  "lines: without text": withLines(lines([0, 3, ""]), mov(0, 0), exit),
  "lines: both ways of a branch": withLines(
    lines([0, 1, "if (x)"], [2, 2, "  return 1;"], [4, 3, "return 0;"]),
    ldx("w", 0, 1, 0),
    jmp("eq", 0, 0, 2),
    mov(0, 1),
    exit,
    mov(0, 0),
    exit,
  ),
  "lines: a refusal": withLines(lines([0, 1, "x = ctx->none;"]), ldx("dw", 0, 1, 1000), exit),
  "lines: a loop without an end": withLines(lines([0, 1, "for (;;)"], [1, 2, "  ;"]), mov(0, 0), ja(-1), exit),
  "lines: in a function": {
    items: [
      [local(1), exit],
      [mov(0, 0), exit],
    ],
    funcInfo: true,
    functions: [MAIN, { name: "f", global: false, params: [], returns: "int" }],
    lines: lines([0, 1, "return f();"], [2, 5, "return 0;"]),
  },
  "lines: a global function": {
    items: [
      [mov(1, 1), local(1), exit],
      [mov(0, 0), exit],
    ],
    funcInfo: true,
    functions: [MAIN, { name: "f", global: true, params: ["int"], returns: "int" }],
    lines: lines([0, 1, "return f(1);"], [3, 5, "return 0;"]),
  },
  "a function without a number as its result: loads from the packet": {
    items: [
      [movr(6, 1), local(1), exit],
      [movr(6, 1), ldAbs("b", 0), exit],
    ],
    funcInfo: true,
    functions: [MAIN, { name: "f", global: false, params: ["ctx"], returns: "void" }],
  },
  "a function without a number as its result: tail call": {
    items: [
      [local(1), exit],
      [mov(3, 0), ldMap(2, "progs"), call("tail_call"), exit],
    ],
    funcInfo: true,
    functions: [MAIN, { name: "f", global: false, params: ["ctx"], returns: "void" }],
  },
  "a callback whose BTF has numbers where the helper is given a function": {
    items: [
      [mov(1, 2), ...func(2, 6), mov(3, 0), mov(4, 0), call("loop"), mov(0, 0), exit],
      [mov(0, 0), exit],
    ],
    funcInfo: true,
    functions: [MAIN, { name: "cb", global: false, params: ["int", "int"], returns: "int" }],
  },
  "main: takes nothing": mainTakes(),
  "main: takes the context": mainTakes("ctx"),
  "main: takes a number": mainTakes("int"),
  "main: takes void *": mainTakes({ unsized: "UNKNOWN " }),
  "main: takes a structure that is only declared": mainTakes({ unsized: "FWD pt_regs" }),
  "main: takes a structure": mainTakes({ mem: 8 }),
  "main: takes a structure by value": mainTakes({ unsupported: "STRUCT" }),
  "main: takes six": mainTakes("int", "int", "int", "int", "int", "int"),
  "main: returns nothing": main({ returns: "void" }),
  "main: is static, takes void *": main({ global: false, params: [{ unsized: "UNKNOWN " }] }),
};
