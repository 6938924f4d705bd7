// One line in, one line out: parses the line, asks a mode, and turns every failure into an answer with the line's id.
import * as v from "valibot";
import { thrownText } from "../base/bug.ts";

/** Answers one record. Throws `InvalidRecord` for a record that it cannot understand. The caller adds the `id`. */
export type Answer = (record: Record<string, unknown>) => object;

/** Each mode loads only the rooms it needs. */
export const MODES = {
  asm: async (): Promise<Answer> => (await import("./asm.ts")).answerAsm,
  verify: async (): Promise<Answer> => (await import("./verify.ts")).answerVerify,
  run: async (): Promise<Answer> => (await import("./run.ts")).answerRun,
  explain: async (): Promise<Answer> => (await import("./explain.ts")).answerExplain,
} as const;
export type Mode = keyof typeof MODES;

export const isMode = (text: string): text is Mode => Object.hasOwn(MODES, text);

/** The record is not valid: a field is missing, of the wrong type or out of range. */
export class InvalidRecord extends Error {
  override readonly name = "InvalidRecord";
}

/** Checks the record against `schema` and returns it. Throws InvalidRecord with the field and the fault in its message. */
export function parseRecord<const Schema extends v.GenericSchema>(
  schema: Schema,
  record: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, record, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new InvalidRecord(`${v.getDotPath(issue) ?? "record"}: ${issue.message}`);
}

/**
 * Answers one line, whatever it contains. The answer has the id of the record, or null. `hasId`: whether such a record is answered with an
 * id at all.
 */
export async function answerLine(
  line: string,
  answer: (record: Record<string, unknown>) => object | Promise<object>,
  hasId: (record: object) => boolean = () => true,
): Promise<string> {
  let head: object = { id: null };
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== "object" || record === null || Array.isArray(record))
      throw new InvalidRecord("a line is one JSON object");
    head = hasId(record) ? { id: (record as { id?: unknown }).id ?? null } : {};
    return JSON.stringify({ ...head, ...(await answer(record as Record<string, unknown>)) });
  } catch (error) {
    if (error instanceof Error && !(error instanceof InvalidRecord || error instanceof SyntaxError))
      process.stderr.write(`${error.stack}\n`);
    return JSON.stringify({ ...head, error: thrownText(error) });
  }
}
