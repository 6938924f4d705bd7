// Tools that are asked now and then: other notations, packets and dumps, definitions, the take-home, goals, speeds. Large parts load when
// they are asked for.
import { detect, PASTE_NAMES } from "../../asm/notation/detect.ts";
import { OUTPUTS } from "../../asm/notation/output.ts";
import type { KernelDefinition } from "../../kernel/definition.ts";
import { type DefinitionInput, readDefinition } from "../../kernel/definition-input.ts";
import { PRESETS } from "../../kernel/presets.ts";
import { Registry } from "../../kernel/registry.ts";
import { readCapture } from "../../packets/captures.ts";
import { dissectHex } from "../../packets/headers.ts";
import { readDump } from "../../packets/hex-dump.ts";
import { PACKETS } from "../../packets/packets.ts";
import type { ToolsApi } from "../api.ts";
import { assembleInput } from "../check/check.ts";
import { contextView } from "../kernel/context-sides.ts";
import { kernelView } from "../kernel/kernel-view.ts";
import { callView, runningKernel } from "../kernel/running-kernel.ts";
import { eventFormats } from "../run/event-formats.ts";
import { progressWatcher, type SessionState } from "../state.ts";

/** The longest time, in milliseconds, for one of the three ways of running. */
const MAX_MS = 1000;

export function createTools(state: SessionState): ToolsApi {
  return {
    packets: () => PACKETS,
    readCapture,
    readDump,
    dissect: dissectHex,
    eventFormats,

    async paste(text, progType = state.registry.definition.type.name) {
      const { openLog } = await import("../check/pasted-log.ts");
      const log = openLog(state.registry, text, progType);
      if (log)
        return { kind: "verifier-log", name: PASTE_NAMES["verifier-log"], source: log.source, isLog: true, faults: [] };
      const { kind, source, faults } = detect(text);
      const unread = faults.map(({ text }) => text);
      return { kind, name: PASTE_NAMES[kind], source: source ?? null, isLog: false, faults: unread };
    },
    render(input, notation) {
      const { assembly } = assembleInput(state.registry, input);
      if (!assembly.ok || !Object.hasOwn(OUTPUTS, notation)) return null;
      return OUTPUTS[notation as keyof typeof OUTPUTS](assembly.insns);
    },
    notations: () => Object.keys(OUTPUTS),

    presets: () => PRESETS,
    readDefinition(given) {
      const found = readDefinition(given);
      return found.ok ? { ok: true, definition: found.input } : found;
    },
    context(progType, typed) {
      const other = definitionOf(typed);
      if (typed && !other) return null;
      const registry = other ? new Registry(other) : state.registry;
      const type = registry.progType(registry.progTypeId(other?.type.name ?? progType) ?? -1);
      const { definition } = registry;
      return type ? contextView(type, type.id === definition.type.id ? definition : undefined) : null;
    },
    async kernelCode(input, typed) {
      const { kernelCode } = await import("../kernel/recipe-code.ts");
      const other = definitionOf(typed);
      if (typed && !other) return null;
      const { assembly, program } = assembleInput(state.registry, input);
      const { definition } = state.registry;
      // A definition that is being typed replaces the current one. Programs of the current type get the new type.
      const { type } = other ?? definition;
      const moved =
        program.progType === definition.type.name && other
          ? { ...program, progType: type.name, expectedAttachType: type.attach.id }
          : program;
      return kernelCode(other ?? definition, assembly.ok ? moved : undefined);
    },
    async takeHome(input) {
      const { takeHome } = await import("../../takehome/take-home.ts");
      const { assembly, program } = assembleInput(state.registry, input);
      if (!assembly.ok) return null;
      const files = takeHome(program, state.registry.definition);
      return files.map(({ path, text, executable }) => ({ path, text, executable: executable ?? false }));
    },

    async realProgram(input) {
      const { realProgramView } = await import("../kernel/real-program.ts");
      const { assembly, program } = assembleInput(state.registry, input);
      return assembly.ok ? realProgramView(program, state.registry) : null;
    },
    callViews: (records, seq) => records.map((record, i) => callView(record, seq + i, state.registry)),

    async pictures(programs) {
      const { codePicture } = await import("../check/code-pictures.ts");
      return programs.map((program) => codePicture(program, state.now));
    },

    async judge(program, goals, reader) {
      const { judge } = await import("../lesson/goals.ts");
      return judge({ ...state, kernel: kernelView(runningKernel(state).kernel) }, program, goals, reader);
    },
    async compare(before, now) {
      const { compare } = await import("../check/compare.ts");
      return compare(state.registry, [before, now], state.now, () => progressWatcher(state));
    },
    async speed(program, event, ms) {
      const { speed } = await import("../run/speed.ts");
      return speed(state.registry, program, event, 1000 * Math.min(Math.max(1, ms), MAX_MS), state.now);
    },
  };
}

function definitionOf(typed: DefinitionInput | undefined): KernelDefinition | undefined {
  const found = typed && readDefinition(typed);
  return found?.ok ? found.definition : undefined;
}
