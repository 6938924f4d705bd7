// Repeats a recorded session step by step on the simulated kernel, as its loader did on the real one. Returns the answer of each call
// as a row in the form of the recording, to be compared field by field.
import { fromHex, latin1, utf8Encode } from "../base/bytes.ts";
import { decodeInsns } from "../isa/insn.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { Process } from "../kernel/process.ts";
import { O_WRONLY } from "../kernel/syscall.ts";

/** `fd` of an attach: the program that was loaded last, or a descriptor that is not open. */
export type SessionRow =
  | {
      readonly op: "load";
      readonly name: string;
      readonly prog_type: number;
      readonly expected_attach_type: number;
      readonly insns: string;
      readonly errno: number;
      readonly log: string;
    }
  | {
      readonly op: "attach";
      readonly name: string;
      readonly attach_type: number;
      readonly fd?: "last" | "bad";
      readonly ret: number;
      readonly errno: number;
    }
  | {
      readonly op: "detach";
      readonly name: string;
      readonly attach_type: number;
      readonly ret: number;
      readonly errno: number;
    }
  | {
      readonly op: "write";
      readonly data: string;
      readonly ret: number;
      readonly errno?: number;
      readonly file?: string;
    }
  | { readonly op: "read"; readonly data: string; readonly ret: number; readonly file?: string }
  | { readonly op: "end" };

export function replay(kernel: Kernel, rows: readonly SessionRow[]): SessionRow[] {
  const process = new Process(kernel);
  const { path } = kernel.definition.attribute;
  let last = -1;
  return rows.map((row): SessionRow => {
    switch (row.op) {
      case "load": {
        const { ret, verdict } = process.progLoad({
          progType: row.prog_type,
          insns: decodeInsns(fromHex(row.insns) as Uint8Array),
          license: "GPL",
          logLevel: 2,
          progFlags: 0,
          progName: "",
          expectedAttachType: row.expected_attach_type,
        });
        if (ret >= 0) last = ret;
        return { ...row, errno: ret < 0 ? -ret : 0, log: verdict?.log ?? "" };
      }
      case "attach":
        return {
          ...row,
          ...asLibcResult(process.progAttach({ attachBpfFd: fdOfAttach(row, last), attachType: row.attach_type })),
        };
      case "detach":
        return { ...row, ...asLibcResult(process.progDetach({ attachType: row.attach_type })) };
      case "write": {
        const fd = process.open(row.file ?? path, O_WRONLY);
        const answer = asLibcResult(fd < 0 ? fd : process.write(fd, utf8Encode(row.data)));
        process.close(fd);
        return { ...row, ...answer };
      }
      case "read": {
        const fd = process.open(row.file ?? path, 0);
        const bytes = process.read(fd, 4096);
        process.close(fd);
        return typeof bytes === "number"
          ? { ...row, data: "", ret: -1 }
          : { ...row, data: latin1(bytes), ret: bytes.length };
      }
      case "end":
        return row;
    }
  });
}

const NOT_OPEN = 999;

/**
 * The descriptor that a row attaches. `last`: that of the program loaded last. A row without `fd` is from a recording of a booted Linux,
 * which tells its one descriptor that is not open by the row's name.
 */
export const fdOfAttach = (
  { fd, name }: { readonly fd?: string | null | undefined; readonly name?: string | null | undefined },
  last: number,
): number => ((fd ?? (name === "bad fd" ? "bad" : "last")) === "bad" ? NOT_OPEN : last);

/** A result in the form in which the C library returns it. */
const asLibcResult = (result: number): { ret: number; errno: number } =>
  result < 0 ? { ret: -1, errno: -result } : { ret: result, errno: 0 };
