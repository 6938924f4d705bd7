// The result of the reader's last act as a value: of Run, load, attach, echo, cat, a test run. Derived from the act's system calls, the run
// that they caused, and the verdict. An edit of the program clears it, because it belongs to the program before.
import { create } from "zustand";
import type { Cause, CheckView, RunView, SyscallView } from "../../../engine/index.ts";
import type { Pane } from "../page/layout.ts";
import { lineOfSlot } from "../program/lines.ts";

export type Result = {
  /** The pane that shows more. */
  readonly pane: Pane;
} & (
  | {
      readonly kind: "refused";
      readonly errnoName: string;
      readonly line: number;
      readonly message: string;
      readonly cause?: Cause;
    }
  /** A call failed. `command` as in a shell or libbpf: `echo 10`, `cat`, `load`, `attach`. */
  | { readonly kind: "failed"; readonly command: string; readonly errnoName: string; readonly errnoText: string }
  /** `input`: what echo wrote, null: only cat. `output`: what cat printed, null: only echo. */
  | { readonly kind: "file"; readonly input: string | null; readonly output: string | null; readonly printed: string }
  /** A test run. `action`: the program type's name for the value. "": no name. */
  | { readonly kind: "returned"; readonly retval: number; readonly action: string; readonly printed: string }
  | { readonly kind: "stopped"; readonly fault: string }
  | { readonly kind: "done"; readonly what: "load" | "attach" | "detach"; readonly fd: number }
);

interface ActRecord {
  /** Calls since the reader last pressed something. */
  readonly calls: readonly SyscallView[];
  /** The run that the calls caused. */
  readonly run: RunView | null;
}

const NONE: ActRecord = { calls: [], run: null };
export const useLastAct = create<ActRecord>()(() => NONE);

/** The reader presses something: a new act begins. */
export const beginAct = (): void => useLastAct.setState(NONE);

export const noteCalls = (calls: readonly SyscallView[]): void =>
  useLastAct.setState((s) => ({ calls: [...s.calls, ...calls] }));

export const noteRun = (run: RunView): void => useLastAct.setState({ run });

/** What the strip beside Run says. null: nothing was done since the last edit, and nothing is wrong. */
export function resultOf({ calls, run }: ActRecord, check: CheckView | null): Result | null {
  const failed = calls.find(({ errno }) => errno !== 0);
  const refused = check?.verdict === "reject" ? refusal(check) : null;
  if (failed) return failed.call === "prog-load" && refused ? refused : failure(failed);
  if (run && run.end.kind !== "exit")
    return {
      kind: "stopped",
      pane: "machine",
      fault: run.end.kind === "fault" ? run.end.message : String(run.end.steps),
    };
  const printed = run?.trace.at(-1) ?? "";
  if (calls.some(({ call }) => call === "prog-test-run") && run?.end.kind === "exit")
    return { kind: "returned", pane: "machine", retval: run.end.retval, action: run.end.action, printed };
  const wrote = calls.findLast(({ call }) => call === "write");
  const read = calls.find(({ call, ret }) => call === "read" && ret > 0);
  if (wrote || read) return { kind: "file", pane: "kernel", input: dataOf(wrote), output: dataOf(read), printed };
  const last = calls.findLast(({ call }) => ACT_OF_CALL[call] !== undefined);
  if (last) return { kind: "done", pane: "kernel", what: ACT_OF_CALL[last.call]!, fd: last.ret };
  return refused;
}

const ACT_OF_CALL: Readonly<Partial<Record<SyscallView["call"], "load" | "attach" | "detach">>> = {
  "prog-load": "load",
  "prog-attach": "attach",
  "prog-detach": "detach",
};

const refusal = (check: CheckView): Result => ({
  kind: "refused",
  pane: "verifier",
  errnoName: check.errnoName,
  line: lineOfSlot(check, check.messageSlot),
  message: check.message,
  ...(check.refusedCall && { cause: check.refusedCall.cause }),
});

function failure(call: SyscallView): Result {
  const { errnoName, errnoText } = call;
  return { kind: "failed", pane: "kernel", command: commandOf(call), errnoName, errnoText };
}

function commandOf(call: SyscallView): string {
  switch (call.call) {
    case "write":
      return `echo ${dataOf(call) ?? ""}`;
    case "openat":
      return call.flags === 0 ? "cat" : "echo";
    case "read":
      return "cat";
    default:
      return call.call;
  }
}

/** Text that was written or read, without the newline at its end. null: there is no such call. */
function dataOf(call: SyscallView | undefined): string | null {
  if (call?.call !== "write" && call?.call !== "read") return null;
  const bytes = (call.data.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return new TextDecoder().decode(new Uint8Array(bytes)).replace(/\n$/, "");
}
