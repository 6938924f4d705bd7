// Answers one record after another from a real machine: programs in the form of `conform verify`, and rows of a session in the form of
// recordings/oreore.jsonl, which one machine answers in order.
import * as v from "valibot";
import { latin1, utf8Encode } from "../../base/bytes.ts";
import { errnoText } from "../../facts/errno.ts";
import { progTypeByName } from "../../facts/prog-types.ts";
import { BPF_PSEUDO_MAP_FD } from "../../isa/codes.ts";
import { encodeInsns } from "../../isa/insn.ts";
import { OREORE } from "../../kernel/definition.ts";
import { type FileAnswer, LOG_BYTES } from "../../linux/calls.ts";
import { type RealMap, type RealProgram, realProgram } from "../../linux/program.ts";
import { type CutOff, isCutOff, type RealLinux } from "../../linux/real-linux.ts";
import type { Program } from "../../program/program.ts";
import { InvalidRecord, parseRecord } from "../answer.ts";
import { describedProgram } from "../prog-array.ts";
import { Hex, InsnsHex, ProgramRecord, programOfRecord } from "../records.ts";
import { fdOfAttach } from "../replay.ts";

const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));

const VerifyRecord = v.object({
  ...ProgramRecord.entries,
  log_level: v.nullish(u32, 2),
  log_size: v.nullish(v.pipe(u32, v.maxValue(LOG_BYTES)), LOG_BYTES),
  runs: v.nullish(v.array(v.object({ data_in: v.optional(Hex), ctx_in: v.optional(Hex) })), []),
});
const Row = v.variant("op", [
  v.object({ op: v.literal("load"), prog_type: u32, expected_attach_type: v.nullish(u32, 0), insns: InsnsHex }),
  v.object({ op: v.literal("attach"), attach_type: u32, fd: v.nullish(v.string()), name: v.nullish(v.string()) }),
  v.object({ op: v.literal("detach"), attach_type: u32 }),
  v.object({ op: v.literal("write"), data: v.string(), file: v.nullish(v.string()) }),
  v.object({ op: v.literal("read"), file: v.nullish(v.string()) }),
  v.object({ op: v.literal("end") }),
]);

interface AskedKernel {
  readonly linux: RealLinux;
  /** Whether the talk's program type is patched in. */
  readonly oreore: boolean;
}

/** The program of a record with its maps, with the type number of `kernel`. Throws InvalidRecord. */
function realProgramOf(record: Record<string, unknown>, { oreore }: Pick<AskedKernel, "oreore">): RealProgram {
  // Maps are made as the record has them. If their value's BTF is missing, the kernel will say so.
  const request = { ...parseRecord(ProgramRecord, record), needs: [] };
  const program = programOfRecord(request);
  const typeId = (name: string) =>
    name === OREORE.type.name ? (oreore ? OREORE.type.id : undefined) : progTypeByName(name)?.id;
  const real = realProgram(program, typeId, (map) => {
    const progs = request.maps.find(({ name }) => name === map.name)?.progs;
    return progs ? programsOf(progs) : undefined;
  });
  if (!real) throw new InvalidRecord(whyNotAsked(program, typeId));
  return real;
}

const whyNotAsked = (program: Program, typeId: (name: string) => number | undefined): string =>
  typeId(program.progType) === undefined
    ? `prog_type: this kernel has no program type "${program.progType}"`
    : `maps: a type of ${program.maps.map(({ type }) => `"${type}"`).join(", ")} is not known`;

function programsOf(progs: Readonly<Record<string, string>>): NonNullable<RealMap["programs"]> {
  return Object.entries(progs).flatMap(([index, text]) => {
    const insns = describedProgram(text, 0);
    if (!insns) return [];
    const refs = insns.flatMap((insn, slot) => (insn.src === BPF_PSEUDO_MAP_FD && insn.code === 0x18 ? [slot] : []));
    return [{ index: Number(index), insns: encodeInsns(insns), refs }];
  });
}

const cutOffText = (ms: number | undefined): string => `cut off after ${ms} ms; the machine was reset`;

/** Answers the records one after another. In a session, attach uses the last load that succeeded. */
export function rowAnswerer(kernel: AskedKernel): (record: Record<string, unknown>) => Promise<object> {
  const { linux } = kernel;
  const { path } = OREORE.attribute;
  let last = -1;
  const call = async (op: string, answer: Promise<number | FileAnswer | CutOff>): Promise<object> => {
    const answered = await answer;
    if (isCutOff(answered)) return { op, error: cutOffText(answered.ms) };
    const ret = typeof answered === "number" ? answered : answered.ret;
    return { op, ret: Math.max(-1, ret), errno: Math.max(0, -ret) };
  };
  const session = async (row: v.InferOutput<typeof Row>): Promise<object> => {
    const { op } = row;
    switch (op) {
      case "load": {
        const program = {
          type: row.prog_type,
          expectedAttachType: row.expected_attach_type,
          flags: 0,
          license: "GPL",
          insns: row.insns,
          maps: [],
          mapRefs: [],
        };
        const answer = await linux.load(program, { logLevel: 2 });
        if (isCutOff(answer)) return { op, error: cutOffText(answer.ms) };
        if (answer.fd !== undefined) last = answer.fd;
        return { op, ret: answer.fd ?? -1, errno: answer.errno, log: answer.log };
      }
      case "attach":
        return call(op, linux.attach(fdOfAttach(row, last), row.attach_type));
      case "detach":
        return call(op, linux.detach(row.attach_type));
      case "write":
        return call(op, linux.write(row.file ?? path, utf8Encode(row.data)));
      case "read": {
        const answer = await linux.read(row.file ?? path);
        if (isCutOff(answer)) return { op, error: cutOffText(answer.ms) };
        const { ret, bytes } = answer;
        return { op, ret: Math.max(-1, ret), errno: Math.max(0, -ret), data: latin1(bytes) };
      }
      case "end":
        return { op };
    }
  };
  return async (record) => {
    if ("op" in record) return session(parseRecord(Row, record));
    const { log_level, log_size, runs } = parseRecord(VerifyRecord, record);
    const program = realProgramOf(record, kernel);
    const answer = await linux.ask(program, {
      logLevel: log_level,
      logBytes: log_size,
      runs: runs.map(({ data_in, ctx_in }) => ({
        ...(data_in && { dataIn: data_in }),
        ...(ctx_in && { ctxIn: ctx_in }),
      })),
    });
    if (isCutOff(answer)) return { error: cutOffText(answer.ms) };
    const { verdict, errno, log, maps } = answer;
    const map = maps.findIndex((result) => result < 0);
    return {
      verdict,
      errno,
      log,
      runs: answer.runs.map((run) =>
        run.errno === 0
          ? { retval: run.retval }
          : { fault: `BPF_PROG_TEST_RUN: ${errnoText(-run.errno)}`, errno: run.errno },
      ),
      // The map that could not be made. The program was then not loaded.
      ...(map >= 0 && { map }),
    };
  };
}
