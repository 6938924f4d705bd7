// `conform asm`: {id, source} → {id, insns} or {id, diagnostics}.
import * as v from "valibot";
import { assemble } from "../asm/assemble.ts";
import { toHex } from "../base/bytes.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { LineMap } from "../base/span.ts";
import { encodeInsns } from "../isa/insn.ts";
import { type Answer, parseRecord } from "./answer.ts";

const Request = v.object({ source: v.string() });

export const answerAsm: Answer = (record) => {
  const { source } = parseRecord(Request, record);
  const assembly = assemble(source);
  return assembly.ok
    ? { insns: toHex(encodeInsns(assembly.insns)) }
    : { diagnostics: listDiagnostics(source, assembly.diagnostics) };
};

/** Diagnostics in the format of the contract. */
function listDiagnostics(source: string, diagnostics: readonly Diagnostic[]): object[] {
  const lines = new LineMap(source);
  return diagnostics.map(({ span, severity, code, message }) => ({
    ...lines.position(span.start),
    severity,
    code,
    message,
  }));
}
