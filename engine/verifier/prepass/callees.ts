// What a call instruction calls, as far as the passes before the main walk need it.
// @kernel verifier.c is_sync_callback_calling_insn, is_async_callback_calling_insn, get_call_summary
import { helperId } from "../../facts/helpers.ts";
import type { HelperProto } from "../../facts/types.ts";
import * as c from "../../isa/codes.ts";
import { type Insn, isLdImm64 } from "../../isa/insn.ts";
import type { Env } from "../state/env.ts";

const CALL = c.BPF_JMP | c.BPF_CALL;

export const isHelperCall = (insn: Insn): boolean => insn.code === CALL && insn.src === 0;
export const isLocalCall = (insn: Insn): boolean => insn.code === CALL && insn.src === c.BPF_PSEUDO_CALL;
export const isKfuncCall = (insn: Insn): boolean => insn.code === CALL && insn.src === c.BPF_PSEUDO_KFUNC_CALL;
/** A load of a function's address. */
export const isPseudoFunc = (insn: Insn): boolean => isLdImm64(insn) && insn.src === c.BPF_PSEUDO_FUNC;

const ids = (...names: string[]) => new Set(names.map((name) => helperId(name)));
const SYNC_CALLBACK = ids("for_each_map_elem", "find_vma", "loop", "user_ringbuf_drain");
const ASYNC_CALLBACK = ids("timer_set_callback");
const TAIL_CALL = ids("tail_call");

/** The helper calls a function of the program before it returns. */
export const callsSyncCallback = (insn: Insn): boolean => isHelperCall(insn) && SYNC_CALLBACK.has(insn.imm);
/** The helper has a function of the program called later. */
export const callsAsyncCallback = (insn: Insn): boolean => isHelperCall(insn) && ASYNC_CALLBACK.has(insn.imm);
export const isTailCall = (insn: Insn): boolean => isHelperCall(insn) && TAIL_CALL.has(insn.imm);

/** The prototype of the helper for this program type. undefined: the type may not call it. @kernel verifier.c get_helper_proto */
export const helperProto = (env: Env, id: number): HelperProto | undefined =>
  id < 0 ? undefined : env.progType.helper(id, env.program.expectedAttachType);
