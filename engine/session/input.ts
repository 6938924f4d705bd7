// What makes a program run: from what the page gives to what the machine is entered with.
import { fromHex, utf8Encode, viewOf } from "../base/bytes.ts";
import type { ProgType } from "../facts/types.ts";
import { contextFrom, eventOf } from "../kernel/module.ts";
import type { Registry } from "../kernel/registry.ts";
import { takesPacket } from "../kernel/test-run.ts";
import { type Event, PT_REGS } from "../vm/index.ts";
import type { EventInput } from "./views.ts";

/** Bytes in memory order; none where it is no hex. */
export const bytesOf = (hex: string): Uint8Array => fromHex(hex.replace(/\s/g, "")) ?? new Uint8Array();

/** What makes a program of this type run, from what the page gives; `undefined` where the two do not fit. */
export function eventFor({ definition }: Registry, type: ProgType, event: EventInput): Event | undefined {
  switch (event.kind) {
    case "sysfs": {
      const ctx = contextFrom(definition, utf8Encode(event.data));
      return typeof ctx === "number" || type.id !== definition.type.id ? undefined : eventOf(definition, ctx);
    }
    case "packet":
      return takesPacket(type) ? { kind: "packet", data: bytesOf(event.hex) } : undefined;
    case "ctx":
      return type.ctxStruct === "pt_regs" ? kprobeOf(bytesOf(event.hex)) : { kind: "ctx", bytes: bytesOf(event.hex) };
  }
}

/** Registers from the bytes of struct pt_regs; those not given are zero. */
function kprobeOf(given: Uint8Array): Event {
  const bytes = new Uint8Array(8 * PT_REGS.length);
  bytes.set(given.subarray(0, bytes.length));
  return {
    kind: "kprobe",
    regs: Object.fromEntries(PT_REGS.map((name, i) => [name, viewOf(bytes).getBigUint64(8 * i, true)])),
  };
}
