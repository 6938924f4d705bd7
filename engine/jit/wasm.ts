// A WebAssembly module as data, and its two forms: the binary form that a browser compiles, and the text form that a person reads. Only
// what the BPF compiler needs: one memory, imported functions, functions over i32 and i64. Source: WebAssembly Core Specification 2.0,
// chapters 5 (binary) and 6 (text).

export type ValType = "i32" | "i64";

/** What follows an opcode: nothing, an index or constant, a block's type, a memory operand, or a jump table. */
type Immediate = "none" | "index" | "i32" | "i64" | "block" | "memory" | "table";

/** Every instruction that the compiler emits: its opcode and what follows it. */
const OPCODES = {
  unreachable: [0x00, "none"],
  block: [0x02, "block"],
  loop: [0x03, "block"],
  if: [0x04, "block"],
  else: [0x05, "none"],
  end: [0x0b, "none"],
  br: [0x0c, "index"],
  br_if: [0x0d, "index"],
  br_table: [0x0e, "table"],
  return: [0x0f, "none"],
  call: [0x10, "index"],
  drop: [0x1a, "none"],
  select: [0x1b, "none"],
  "local.get": [0x20, "index"],
  "local.set": [0x21, "index"],
  "local.tee": [0x22, "index"],
  "global.get": [0x23, "index"],
  "global.set": [0x24, "index"],
  "i64.load": [0x29, "memory"],
  "i64.load8_s": [0x30, "memory"],
  "i64.load8_u": [0x31, "memory"],
  "i64.load16_s": [0x32, "memory"],
  "i64.load16_u": [0x33, "memory"],
  "i64.load32_s": [0x34, "memory"],
  "i64.load32_u": [0x35, "memory"],
  "i32.load": [0x28, "memory"],
  "i32.store": [0x36, "memory"],
  "i64.store": [0x37, "memory"],
  "i64.store8": [0x3c, "memory"],
  "i64.store16": [0x3d, "memory"],
  "i64.store32": [0x3e, "memory"],
  "i32.const": [0x41, "i32"],
  "i64.const": [0x42, "i64"],
  "i32.eqz": [0x45, "none"],
  "i32.eq": [0x46, "none"],
  "i32.ne": [0x47, "none"],
  "i32.lt_s": [0x48, "none"],
  "i32.lt_u": [0x49, "none"],
  "i32.gt_s": [0x4a, "none"],
  "i32.gt_u": [0x4b, "none"],
  "i32.le_s": [0x4c, "none"],
  "i32.le_u": [0x4d, "none"],
  "i32.ge_s": [0x4e, "none"],
  "i32.ge_u": [0x4f, "none"],
  "i64.eqz": [0x50, "none"],
  "i64.eq": [0x51, "none"],
  "i64.ne": [0x52, "none"],
  "i64.lt_s": [0x53, "none"],
  "i64.lt_u": [0x54, "none"],
  "i64.gt_s": [0x55, "none"],
  "i64.gt_u": [0x56, "none"],
  "i64.le_s": [0x57, "none"],
  "i64.le_u": [0x58, "none"],
  "i64.ge_s": [0x59, "none"],
  "i64.ge_u": [0x5a, "none"],
  "i32.add": [0x6a, "none"],
  "i32.sub": [0x6b, "none"],
  "i32.mul": [0x6c, "none"],
  "i32.div_s": [0x6d, "none"],
  "i32.div_u": [0x6e, "none"],
  "i32.rem_s": [0x6f, "none"],
  "i32.rem_u": [0x70, "none"],
  "i32.and": [0x71, "none"],
  "i32.or": [0x72, "none"],
  "i32.xor": [0x73, "none"],
  "i32.shl": [0x74, "none"],
  "i32.shr_s": [0x75, "none"],
  "i32.shr_u": [0x76, "none"],
  "i32.rotl": [0x77, "none"],
  "i64.add": [0x7c, "none"],
  "i64.sub": [0x7d, "none"],
  "i64.mul": [0x7e, "none"],
  "i64.div_s": [0x7f, "none"],
  "i64.div_u": [0x80, "none"],
  "i64.rem_s": [0x81, "none"],
  "i64.rem_u": [0x82, "none"],
  "i64.and": [0x83, "none"],
  "i64.or": [0x84, "none"],
  "i64.xor": [0x85, "none"],
  "i64.shl": [0x86, "none"],
  "i64.shr_s": [0x87, "none"],
  "i64.shr_u": [0x88, "none"],
  "i64.rotl": [0x89, "none"],
  "i32.wrap_i64": [0xa7, "none"],
  "i64.extend_i32_s": [0xac, "none"],
  "i64.extend_i32_u": [0xad, "none"],
  "i32.extend8_s": [0xc0, "none"],
  "i32.extend16_s": [0xc1, "none"],
  "i64.extend8_s": [0xc2, "none"],
  "i64.extend16_s": [0xc3, "none"],
  "i64.extend32_s": [0xc4, "none"],
} as const satisfies Record<string, readonly [number, Immediate]>;
export type OpName = keyof typeof OPCODES;

const VAL_TYPES: Record<ValType, number> = { i32: 0x7f, i64: 0x7e };
const EMPTY_BLOCK = 0x40;

/** A byte buffer that grows. */
class ByteWriter {
  #buffer = new Uint8Array(1024);
  #length = 0;

  byte(value: number): void {
    if (this.#length === this.#buffer.length) {
      const larger = new Uint8Array(this.#length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.#length++] = value;
  }

  append(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.byte(values[i] as number);
  }

  /** Unsigned LEB128 of a u32. */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Signed LEB128 of an s32. */
  s32(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  /** Signed LEB128 of a 64-bit value, which may be given as signed or unsigned. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  name(text: string): void {
    this.u32(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}

export interface FuncType {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

/** The code of one function. `emit` writes the binary form at once, and a line of text if text is wanted. */
export class Func {
  readonly name: string;
  readonly type: FuncType;
  readonly locals: { readonly type: ValType; readonly name: string }[] = [];
  readonly #code = new ByteWriter();
  readonly #text: string[] = [];
  readonly #wantText: boolean;
  #depth = 1;

  constructor(name: string, type: FuncType, paramNames: readonly string[], wantText: boolean) {
    this.name = name;
    this.type = type;
    this.#wantText = wantText;
    type.params.forEach((valType, i) => {
      this.locals.push({ type: valType, name: paramNames[i] ?? `p${i}` });
    });
  }

  /** Adds a local and returns its index. It is zero at entry. */
  addLocal(type: ValType, name: string): number {
    this.locals.push({ type, name });
    return this.locals.length - 1;
  }

  /** How many blocks are open. The operand of `br` says how many to leave. */
  get depth(): number {
    return this.#depth - 1;
  }

  /** Adds a comment to the text form only. */
  comment(text: string): void {
    if (this.#wantText) this.#text.push(`${"  ".repeat(this.#depth)};; ${text}`);
  }

  /** `value`: an index, a constant, a memory operand's offset, or nothing. */
  emit(op: OpName, value: number | bigint = 0): void {
    const [code, immediate] = OPCODES[op];
    const out = this.#code;
    out.byte(code);
    switch (immediate) {
      case "none":
        break;
      case "index":
        out.u32(value as number);
        break;
      case "i32":
        out.s32(value as number);
        break;
      case "i64":
        out.s64(value as bigint);
        break;
      case "block":
        out.byte(EMPTY_BLOCK);
        break;
      case "memory":
        out.u32(0); // alignment is only a hint: none
        out.u32(value as number);
        break;
    }
    if (op === "end" || op === "else") this.#depth--;
    if (this.#wantText) this.#line(op, immediate, value);
    if (op === "block" || op === "loop" || op === "if" || op === "else") this.#depth++;
  }

  /** `targets`: how many blocks each entry leaves. `otherwise`: the default. */
  brTable(targets: readonly number[], otherwise: number): void {
    this.#code.byte(OPCODES.br_table[0]);
    this.#code.u32(targets.length);
    for (const target of targets) this.#code.u32(target);
    this.#code.u32(otherwise);
    if (this.#wantText) {
      this.#text.push(`${"  ".repeat(this.#depth)}br_table ${targets.join(" ")} ${otherwise}`);
    }
  }

  #line(op: OpName, immediate: Immediate, value: number | bigint): void {
    let operand = "";
    if (op.startsWith("local.")) operand = ` $${this.locals[value as number]?.name}`;
    else if (immediate === "index" || immediate === "i32") operand = ` ${value}`;
    else if (immediate === "i64") operand = ` ${BigInt.asIntN(64, value as bigint)}`;
    else if (immediate === "memory" && value !== 0) operand = ` offset=${value}`;
    this.#text.push("  ".repeat(this.#depth) + op + operand);
  }

  /** The body as the code section holds it: locals, code, `end`. */
  body(): Uint8Array {
    const out = new ByteWriter();
    const extra = this.locals.slice(this.type.params.length);
    out.u32(extra.length);
    for (const { type } of extra) {
      out.u32(1);
      out.byte(VAL_TYPES[type]);
    }
    out.append(this.#code.bytes);
    out.byte(OPCODES.end[0]);
    return out.bytes;
  }

  text(): string {
    const params = this.type.params.map((type, i) => ` (param $${this.locals[i]?.name} ${type})`).join("");
    const results = this.type.results.map((type) => ` (result ${type})`).join("");
    const locals = this.locals.slice(this.type.params.length).map(({ type, name }) => `  (local $${name} ${type})`);
    return [`(func $${this.name} (export "${this.name}")${params}${results}`, ...locals, ...this.#text, ")"].join("\n");
  }
}

export interface FuncImport {
  readonly name: string;
  readonly type: FuncType;
}

export interface Global {
  readonly name: string;
  readonly type: ValType;
}

/** A module. It imports its memory and some functions from `env`, and exports its functions and mutable globals by name. */
export class Module {
  readonly imports: readonly FuncImport[];
  readonly globals: readonly Global[];
  readonly #funcs: Func[] = [];

  constructor(imports: readonly FuncImport[], globals: readonly Global[]) {
    this.imports = imports;
    this.globals = globals;
  }

  /** Returns the index that `call` needs. */
  add(func: Func): number {
    this.#funcs.push(func);
    return this.imports.length + this.#funcs.length - 1;
  }

  importIndex(name: string): number {
    return this.imports.findIndex((entry) => entry.name === name);
  }

  binary(): Uint8Array {
    const out = new ByteWriter();
    out.append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    const section = (id: number, count: number, write: (to: ByteWriter) => void) => {
      if (count === 0) return;
      const content = new ByteWriter();
      content.u32(count);
      write(content);
      out.byte(id);
      out.u32(content.bytes.length);
      out.append(content.bytes);
    };
    const types = [...this.imports, ...this.#funcs].map(({ type }) => type);
    section(1, types.length, (to) => {
      for (const { params, results } of types) {
        to.byte(0x60);
        to.u32(params.length);
        to.append(params.map((type) => VAL_TYPES[type]));
        to.u32(results.length);
        to.append(results.map((type) => VAL_TYPES[type]));
      }
    });
    section(2, this.imports.length + 1, (to) => {
      to.name("env");
      to.name("memory");
      to.append([0x02, 0x00]);
      to.u32(1);
      this.imports.forEach(({ name }, i) => {
        to.name("env");
        to.name(name);
        to.byte(0x00);
        to.u32(i);
      });
    });
    section(3, this.#funcs.length, (to) => {
      this.#funcs.forEach((_, i) => {
        to.u32(this.imports.length + i);
      });
    });
    section(6, this.globals.length, (to) => {
      for (const { type } of this.globals) to.append([VAL_TYPES[type], 0x01, OPCODES[`${type}.const`][0], 0x00, 0x0b]);
    });
    section(7, this.#funcs.length + this.globals.length, (to) => {
      this.#funcs.forEach((func, i) => {
        to.name(func.name);
        to.byte(0x00);
        to.u32(this.imports.length + i);
      });
      this.globals.forEach(({ name }, i) => {
        to.name(name);
        to.byte(0x03);
        to.u32(i);
      });
    });
    section(10, this.#funcs.length, (to) => {
      for (const func of this.#funcs) {
        const body = func.body();
        to.u32(body.length);
        to.append(body);
      }
    });
    return out.bytes.slice();
  }

  text(): string {
    const signature = ({ params, results }: FuncType) =>
      [...params.map((type) => ` (param ${type})`), ...results.map((type) => ` (result ${type})`)].join("");
    return [
      "(module",
      '(import "env" "memory" (memory 1))',
      ...this.imports.map(({ name, type }) => `(import "env" "${name}" (func $${name}${signature(type)}))`),
      ...this.globals.map(({ name, type }) => `(global $${name} (export "${name}") (mut ${type}) (${type}.const 0))`),
      ...this.#funcs.map((func) => func.text()),
      ")",
    ].join("\n");
  }
}
