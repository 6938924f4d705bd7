// The recorded kernel: its types and its configuration. facts/record/record_kernel.py wrote the file and describes its format. The types
// are turned back into BTF, so that a recorded kernel and a reader's /sys/kernel/btf/vmlinux are used alike from here on.

import { bug } from "../base/bug.ts";
import { utf8Decode, viewOf } from "../base/bytes.ts";
import { Btf, KINDS, MAGIC, REFERRING_KINDS } from "./btf/btf.ts";
import { parseConfig } from "./target.ts";

export interface KernelFile {
  readonly btf: Btf;
  readonly config: ReadonlyMap<string, string>;
  /** KERNEL_VERSION(a, b, c) */
  readonly version: number;
}

const HEADER_BYTES = 24;

/** `bytes`: uncompressed. Throws if it is not the recorded file, because that file is part of the program. */
export function readKernelFile(bytes: Uint8Array): KernelFile {
  const file = new VarintReader(bytes);
  const config = parseConfig(utf8Decode(file.take(file.unsigned())));
  const version = file.unsigned();
  const count = file.unsigned();
  const columns = Array.from({ length: 8 }, () => new VarintReader(file.take(file.unsigned())));
  return { btf: new Btf(encodeBtf(columns, count, file.rest()), "linux-6.18"), config, version };
}

class VarintReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw bug("the recorded kernel is cut short");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A signed 64-bit value. */
  signed64(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw bug("the recorded kernel is cut short");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value & 1n ? -((value + 1n) >> 1n) : value >> 1n;
    }
  }

  byte(): number {
    return this.#bytes[this.#at++] as number;
  }

  take(size: number): Uint8Array {
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }
}

/** Writes BTF. Its buffer doubles when it is full. */
class BtfWriter {
  #bytes = new Uint8Array(1 << 20);
  #view = viewOf(this.#bytes);
  #at = HEADER_BYTES;

  u32(value: number): void {
    if (this.#at + 4 > this.#bytes.length) {
      const more = new Uint8Array(2 * this.#bytes.length);
      more.set(this.#bytes);
      this.#bytes = more;
      this.#view = viewOf(more);
    }
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  finish(texts: Uint8Array): Uint8Array {
    const types = this.#at - HEADER_BYTES;
    const out = new Uint8Array(this.#at + 1 + texts.length);
    out.set(this.#bytes.subarray(0, this.#at));
    out.set(texts, this.#at + 1);
    const view = viewOf(out);
    view.setUint16(0, MAGIC, true);
    view.setUint8(2, 1);
    [HEADER_BYTES, 0, types, types, 1 + texts.length].forEach((word, i) => view.setUint32(4 + 4 * i, word, true));
    return out;
  }
}

function encodeBtf(columns: readonly VarintReader[], count: number, texts: Uint8Array): Uint8Array {
  const [kinds, vlens, names, thirds, types, numbers, offsets, values] = columns as [
    VarintReader,
    VarintReader,
    VarintReader,
    VarintReader,
    VarintReader,
    VarintReader,
    VarintReader,
    VarintReader,
  ];
  const out = new BtfWriter();
  const starts: number[] = [];
  let nextText = 0;
  const name = (): void => {
    const code = names.unsigned();
    if (code === 1) {
      starts.push(nextText + 1);
      nextText = texts.indexOf(0, nextText) + 1;
    }
    out.u32(code === 0 ? 0 : code === 1 ? starts.at(-1)! : starts[code - 2]!);
  };
  for (let id = 1; id <= count; id++) {
    const tag = kinds.byte();
    const flag = tag >> 7;
    const kind = KINDS[tag & 31]!;
    const counted = ["struct", "union", "enum", "enum64", "func_proto", "func"].includes(kind);
    const vlen = counted ? vlens.unsigned() : 0;
    name();
    out.u32(((flag << 31) | ((tag & 31) << 24) | vlen) >>> 0);
    out.u32(REFERRING_KINDS.has(kind) ? id - thirds.signed() : thirds.unsigned());
    switch (kind) {
      case "int":
      case "var":
        out.u32(numbers.unsigned());
        break;
      case "decl_tag":
        out.u32((numbers.unsigned() - 1) >>> 0);
        break;
      case "array":
        out.u32(id - types.signed());
        out.u32(id - types.signed());
        out.u32(numbers.unsigned());
        break;
      case "struct":
      case "union": {
        let offset = 0;
        for (let i = 0; i < vlen; i++) {
          name();
          out.u32(id - types.signed());
          offset += offsets.signed();
          out.u32(flag ? ((offsets.unsigned() << 24) | offset) >>> 0 : offset);
        }
        break;
      }
      case "enum":
      case "enum64": {
        let value = 0n;
        for (let i = 0; i < vlen; i++) {
          name();
          value += values.signed64();
          out.u32(Number(value & 0xffff_ffffn));
          if (kind === "enum64") out.u32(Number(value >> 32n));
        }
        break;
      }
      case "func_proto":
        for (let i = 0; i < vlen; i++) {
          out.u32(0);
          out.u32(id - types.signed());
        }
        break;
    }
  }
  return out.finish(texts);
}
