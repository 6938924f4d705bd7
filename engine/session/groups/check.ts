// The source text in the editor: assembles and verifies it, and answers all questions about that check. Part of the worker's first load;
// parts that few readers need load when they are asked for.
import { type Insn, isLdImm64, sameInsn } from "../../isa/insn.ts";
import { ctxStructOf } from "../../kernel/definition.ts";
import type { CheckApi } from "../api.ts";
import type { VisitSource } from "../check/beliefs.ts";
import { type Checked, check, logLines, withLog } from "../check/check.ts";
import { progressWatcher, type SessionState } from "../state.ts";
import type { ExplanationStepView } from "../views/check.ts";

/** The most lines of a log given at once. */
const MAX_LINES = 2000;
/** The longest search for an input that breaks the program. The worker answers nothing else during it. */
const MAX_SEARCH_MS = 5000;

export function createCheck(state: SessionState): CheckApi {
  /** The last check, if it has this revision. */
  const checkAt = (revision: number): Checked | undefined =>
    state.checked?.view.revision === revision ? state.checked : undefined;

  /** A check and a run of the same instructions. undefined: their instructions differ, or the shown visits are those of a pasted log. */
  const checkAndRun = async (revision: number, run: number) => {
    const { runByNumber } = await import("../kernel/running-kernel.ts");
    const checked = checkAt(revision);
    const recorded = runByNumber(state, run)?.recorded;
    const trace = checked?.view.pasted ? undefined : checked?.verdict?.trace;
    if (!checked || !trace || !recorded || !sameInsns(checked.program.insns, recorded.source.insns)) return undefined;
    return { checked, trace, recorded };
  };

  const visitSource = async (revision: number): Promise<VisitSource | undefined> => {
    const checked = checkAt(revision);
    return checked && (await import("../check/beliefs.ts")).visitsOf(checked);
  };

  return {
    check(program, revision) {
      const { registry } = state;
      const context = registry.progType(registry.progTypeId(program.progType) ?? -1)?.ctxStruct;
      state.editor = { struct: ctxStructOf(registry.definition), ...(context && { context }) };
      const { pasted } = program;
      state.checked = check(registry, program, revision, state.now, () => progressWatcher(state));
      state.checkedProgram = JSON.stringify(program);
      if (pasted === undefined) return state.checked.view;
      const own = state.checked;
      return import("../check/pasted-log.ts").then(({ pastedCheck }) => {
        const checked = pastedCheck(pasted, own);
        if (state.checked === own) state.checked = checked;
        return checked.view;
      });
    },

    visits: async (revision, slot, limit) => (await visitSource(revision))?.ofSlot(slot, limit) ?? [],
    visitNumbers: async (revision, slot) => (await visitSource(revision))?.numbersOfSlot(slot) ?? new Int32Array(),
    visitAt: async (revision, visit) => (await visitSource(revision))?.at(visit) ?? null,
    visitOfLine: async (revision, slot, line) => (await visitSource(revision))?.ofLine(slot, line) ?? -1,

    async visitOfStep(revision, run, step) {
      const [found, { visitOfStep }, { visitsOf }] = await Promise.all([
        checkAndRun(revision, run),
        import("../run/visit-of-step.ts"),
        import("../check/beliefs.ts"),
      ]);
      return found ? visitsOf(found.checked).at(visitOfStep(found.trace, found.recorded, step)) : null;
    },
    async stepOfVisit(revision, run, visit, from) {
      const [found, { stepOfVisit }] = await Promise.all([
        checkAndRun(revision, run),
        import("../run/visit-of-step.ts"),
      ]);
      return found ? stepOfVisit(found.trace, found.recorded, visit, from) : -1;
    },

    logLines(revision, from, count) {
      const log = checkAt(revision)?.log;
      return log
        ? logLines(log, from, Math.min(count, MAX_LINES))
        : { lines: [], slots: new Int32Array(), states: new Uint16Array() };
    },
    searchLog: (revision, query) => checkAt(revision)?.log.search(query) ?? new Int32Array(),
    logSections: (revision) => checkAt(revision)?.log.sections() ?? new Int32Array(),
    logText: (revision) => checkAt(revision)?.log.text ?? "",
    writeLog(revision) {
      const brief = checkAt(revision);
      if (!brief) return null;
      state.checked = withLog(state.registry, brief, state.now, state.onProgress);
      return state.checked.view;
    },

    async explain(revision) {
      const checked = checkAt(revision);
      if (!checked?.view.refusal) return null;
      const { explain } = await import("../../verifier/explain/explain.ts");
      const found = explain(checked.view.refusal, checked.verdict?.trace, checked.program.insns);
      const lastOf = checked.pastedVisits?.lastOnRefusedPath;
      if (!lastOf || !found) return found;
      // The shown visits are those of a pasted log.
      const inLog = (steps: readonly ExplanationStepView[]) =>
        steps.map((step) => ({ ...step, visit: step.visit < 0 ? -1 : lastOf(step.slot) }));
      return { ...found, steps: inLog(found.steps), missed: inLog(found.missed) };
    },

    async fixes(revision) {
      const checked = checkAt(revision);
      if (!checked?.view.refusal) return [];
      const { fixViews } = await import("../check/fixes.ts");
      return fixViews(state.registry, () => state.now() / 1000, checked);
    },

    async witness(revision, budget) {
      const checked = checkAt(revision);
      const refusal = checked?.view.refusal;
      if (!checked?.verdict || !refusal) return null;
      const { findWitness } = await import("../witness/find.ts");
      const { witnessView } = await import("../witness/view.ts");
      const { registry } = state;
      const now = (): number => state.now() / 1000;
      return witnessView(
        findWitness(checked.program, { refusal, registry, now, budget: Math.min(budget, MAX_SEARCH_MS) }),
      );
    },

    async flow(revision, metrics) {
      const { flowView } = await import("../run/flow.ts");
      const checked = checkAt(revision);
      if (!checked?.assembly.ok || checked.view.slots.length === 0) return null;
      return flowView(checked.program.insns, checked.view.slots, revision, metrics);
    },
    async traffic(revision, visit) {
      const { trafficOfTrace } = await import("../run/flow.ts");
      const checked = checkAt(revision);
      return checked?.verdict?.trace ? trafficOfTrace(checked.program.insns, checked.verdict.trace, visit) : null;
    },
    async rounds(revision, loop, limit) {
      const { roundsOfTrace } = await import("../run/flow.ts");
      const checked = checkAt(revision);
      return checked?.verdict?.trace ? roundsOfTrace(checked.program.insns, checked.verdict.trace, loop, limit) : null;
    },
  };
}

/** Compares without map descriptors: the kernel's program has descriptors where the editor's has numbers of maps. */
const sameInsns = (a: readonly Insn[], b: readonly Insn[]): boolean =>
  a.length === b.length && a.every((insn, i) => sameInsn(insn, isLdImm64(insn) ? { ...b[i]!, imm: insn.imm } : b[i]!));
