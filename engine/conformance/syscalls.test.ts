// bpf(2) call after call: the simulated kernel answers like the kernel that was recorded (record/record_syscalls.py).
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { fromHex, toHex, viewOf } from "../base/bytes.ts";
import { mapTypeByName } from "../facts/map-types.ts";
import { decodeInsns } from "../isa/insn.ts";
import { Kernel } from "../kernel/kernel.ts";
import { mapLookup, mapLookupAndDelete, mapNextKey } from "../kernel/map.ts";
import { Process } from "../kernel/process.ts";

type Row = Record<string, unknown> & { readonly op: string; readonly ret: number; readonly errno: number };

const rows = readFileSync(resolve(import.meta.dirname, "recordings/syscalls.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

const process = new Process(new Kernel());
const { kernel } = process;
/** Names in the recording → descriptors here. Also one that is not open, and one of another kind of file. */
const fds = new Map<string, number>([
  ["closed", 900],
  ["stdin", 0],
]);
const fd = (row: Row, field: string): number => fds.get(row[field] as string) ?? 900;
const hex = (row: Row, field: string): Uint8Array => fromHex(row[field] as string) as Uint8Array;
const number = (row: Row, field: string): number => row[field] as number;

/** The result of a call: a number, or bytes under the name of the field that contains them. */
type Answer = number | Record<string, unknown>;
const opened = (row: Row, result: number): number => {
  if (result < 0) return result;
  fds.set(row.name as string, result);
  return 0;
};
const bytes = (name: string, result: Uint8Array | number): Answer =>
  typeof result === "number" ? result : { [name]: toHex(result) };

const CALLS: Readonly<Record<string, (row: Row) => Answer>> = {
  map_create: (row) =>
    opened(
      row,
      process.mapCreate({
        name: row.map_name as string,
        named: true,
        type: mapTypeByName(row.type as string)?.name ?? "unspec",
        keySize: number(row, "key_size"),
        valueSize: number(row, "value_size"),
        maxEntries: number(row, "max_entries"),
        flags: number(row, "flags"),
      }),
    ),
  update(row) {
    const named = fds.get(row.value as string);
    const value = new Uint8Array(4);
    if (named !== undefined) viewOf(value).setInt32(0, named, true);
    return process.mapUpdate(
      fd(row, "map"),
      hex(row, "key"),
      named === undefined ? hex(row, "value") : value,
      number(row, "flags"),
    );
  },
  lookup: (row) => bytes("value", mapLookup(kernel, fd(row, "map"), hex(row, "key"))),
  lookup_and_delete: (row) => bytes("value", mapLookupAndDelete(kernel, fd(row, "map"), hex(row, "key"))),
  delete: (row) => process.mapDelete(fd(row, "map"), hex(row, "key")),
  next_key: (row) => bytes("next", mapNextKey(kernel, fd(row, "map"), row.key === null ? undefined : hex(row, "key"))),
  prog_load(row) {
    const insns = decodeInsns(hex(row, "insns"));
    for (const [slot, name] of Object.entries(row.maps as Record<string, string>)) {
      insns[Number(slot)] = { ...(insns[Number(slot)] as (typeof insns)[0]), imm: fds.get(name) ?? 900 };
    }
    const { ret } = process.progLoad({
      progType: number(row, "prog_type"),
      insns,
      license: row.license as string,
      logLevel: 0,
      progFlags: number(row, "prog_flags"),
      progName: row.prog_name as string,
      expectedAttachType: number(row, "expected_attach_type"),
    });
    return opened(row, ret);
  },
  attach: (row) =>
    process.progAttach({
      attachBpfFd: fd(row, "prog"),
      attachType: number(row, "attach_type"),
      attachFlags: number(row, "flags"),
    }),
  detach: (row) =>
    process.progDetach({
      attachType: number(row, "attach_type"),
      ...(row.prog === null ? {} : { attachBpfFd: fd(row, "prog") }),
    }),
  test_run(row) {
    const { ret, retval } = process.testRun(fd(row, "prog"), { dataIn: hex(row, "data_in") });
    return ret < 0 ? ret : { retval };
  },
  close: (row) => process.close(fd(row, "name")),
};

const answers = rows.map((row): Row => {
  const answer = (CALLS[row.op] as (row: Row) => Answer)(row);
  if (typeof answer === "number") return { ...row, ret: answer < 0 ? -1 : answer, errno: answer < 0 ? -answer : 0 };
  return { ...row, ret: 0, errno: 0, ...answer };
});

test.each(rows.map((row, i) => [i + 1, row.op, row.name ?? row.map ?? row.prog ?? "", i] as const))(
  "row %i: %s %s",
  (_, _op, _name, i) => {
    expect(answers[i]).toEqual(rows[i]);
  },
);
