// What the page is told about a check: verdict, log, beliefs, explanation, fixes, the input that breaks a program. Plain data that crosses
// a Worker boundary. Contains no type of the engine's inside. 64-bit values are 16 hex digits, bytes are hex text, numbers are exact.
import type { Texts } from "../../base/language.ts";
import type { Cause } from "../../kernel/cause.ts";
import type { NotSimulated } from "../../program/not-simulated.ts";
import type { Refusal } from "../../verifier/refusals.ts";
import type { DiagnosticView, Hex64, MapInput, ProgramInput, SlotView, SpanView } from "./program.ts";

/** The answer to "may it run". `error`: the source does not assemble, or the verifier has no answer. See `message`. */
export type VerdictName = "accept" | "reject" | "error";

/** Answer to `check`: everything that a keystroke updates. */
export interface CheckView {
  /** As given to `check`, so that answers about an older text can be recognised. */
  readonly revision: number;
  readonly diagnostics: readonly DiagnosticView[];
  readonly slots: readonly SlotView[];
  /** The program type that the source itself names (`@prog`, a record's `.prog_type`). "": none. */
  readonly typeInSource: string;
  /** The attach type of the load, and the place in the source that gives it: the directive, a record's field. "": none. */
  readonly attach: {
    /** enum bpf_attach_type. 0 may also mean that none is asked for. */
    readonly id: number;
    readonly name: string;
    readonly saidBy: "directive" | "record" | "";
  };
  /** The maps of the program: those of the settings and those that the source declares. */
  readonly maps: readonly MapInput[];
  /** One entry per map: its declaration, and where the program uses it. */
  readonly mapPlaces: readonly MapPlaceView[];
  readonly verdict: VerdictName;
  /** What the program needs from the kernel that is not simulated (verdict `error`): `kernel functions`. "": nothing. */
  readonly notSimulated: NotSimulated | "";
  /** Positive. 0: accepted. */
  readonly errno: number;
  /** `EACCES`. "": errno is 0. */
  readonly errnoName: string;
  /** The line of the log with the reason. With verdict `error`: the first diagnostic. "": accepted. */
  readonly message: string;
  /** Index of that line in the log. -1: not in the log. */
  readonly messageLine: number;
  /** The slot that the message is about. -1: none. */
  readonly messageSlot: number;
  /** Why the program was refused, as a value. null: not refused, or the reason is not known. */
  readonly refusal: Refusal | null;
  /** What refused the load before the verifier saw the program. null: the verifier saw it. */
  readonly refusedCall: RefusedCallView | null;
  /** Kernel text, lines ended by \n. If it is longer than 256 KiB, the middle is left out, and one line says so. */
  readonly log: string;
  /** How many lines were left out. `logLines` returns them. */
  readonly logCut: number;
  /** Number of lines before those. */
  readonly logHead: number;
  /** The log would be so long that only the result was written. `writeLog` writes the whole. */
  readonly logBrief: boolean;
  /** One entry per line of `log` (split at \n): the kind of the line, an index into LINE_KINDS. */
  readonly logKinds: Uint8Array;
  /** One entry per line: the slot it is about, or -1. */
  readonly logSlots: Int32Array;
  /** One entry per line: the column at which a state begins. 0: the line has no state. */
  readonly logStates: Uint16Array;
  readonly insnsProcessed: number;
  /** Microseconds inside the verifier. */
  readonly us: number;
  /** Verdict, log and states come from a pasted log. null: they are our verifier's. */
  readonly pasted: PastedView | null;
}

export interface MapPlaceView {
  /** The map's declaration in the source. null: it came with the program, from a link or an object. */
  readonly declared: SpanView | null;
  /** Slots of the instructions that load the map, in order. */
  readonly uses: readonly number[];
}

/** How much a pasted log tells about its program. */
export interface PastedView {
  /** Our verifier refuses the rebuilt program in the same words. */
  readonly sameRefusal: boolean;
  /** Ranges of instructions that the log does not show, both ends included. Other instructions fill their slots. */
  readonly missing: readonly { readonly from: number; readonly to: number }[];
  /** The log begins (or ends) in the middle. */
  readonly cutStart: boolean;
  readonly cutEnd: boolean;
}

/** The system call that failed before the verifier saw the program, and which check of the kernel refused it. */
export interface RefusedCallView {
  readonly call: "map-create" | "map-update" | "prog-load";
  /** Name of the map that was to be created or filled, and the key. "": none. */
  readonly map: string;
  readonly key: string;
  readonly cause: Cause;
}

/** What the verifier believed about one register or stack slot. */
export interface BeliefView {
  /** The log's text: `scalar(smin=0,…)`, `fp-8`, `ctx()`. */
  readonly text: string;
  /** A number, not a pointer: `bounds` are the number's. */
  readonly isNumber: boolean;
  /** Bounds of a number, or of a pointer's variable offset: decimal, and the tnum as hex. */
  readonly bounds?: {
    readonly umin: string;
    readonly umax: string;
    readonly smin: string;
    readonly smax: string;
    readonly value: Hex64;
    readonly mask: Hex64;
  };
}

export interface BeliefsView {
  /** R0 … R10. null: not initialised. */
  readonly regs: readonly (BeliefView | null)[];
  readonly stack: readonly { readonly frame: number; readonly off: number; readonly belief: BeliefView }[];
}

/** One time that the verifier processed an instruction. */
export interface VisitView {
  /** Number of the instruction processed, from 0, in the verifier's order. */
  readonly visit: number;
  readonly slot: number;
  readonly before: BeliefsView;
  /** null: the path ended here. */
  readonly after: BeliefsView | null;
  /** Line of the whole log at which this visit began to write. -1: none. */
  readonly logLine: number;
  /** The visit before on this path. -1: the program starts here, or that visit was not kept. */
  readonly prev: number;
  /** Slot of that visit. -1: none. */
  readonly prevSlot: number;
  /** The visits that follow this one: two if both sides of a branch were explored. */
  readonly next: readonly { readonly visit: number; readonly slot: number }[];
  /** Why the path went no further. `by`: the visit of the same slot that had been found safe for this state, or -1. */
  readonly end:
    | null
    | { readonly kind: "exit" }
    | { readonly kind: "pruned"; readonly by: number }
    | { readonly kind: "refused" };
}

/** Why a program was refused, in both languages. The kernel's words are in CheckView.message. */
export interface ExplanationView {
  /** Kebab-case name of what was refused. */
  readonly id: string;
  readonly en: WordingView;
  readonly ja: WordingView;
  /** Slot of the refused instruction. -1: the program as a whole. */
  readonly at: number;
  /** Slot to change. -1: none. */
  readonly root: number;
  /** What is wrong, with the values. */
  readonly reason: Texts;
  /** The register that broke the rule. -1: none. */
  readonly reg: number;
  /** How the value that broke the rule came about, in order of time, the refused instruction last. */
  readonly steps: readonly ExplanationStepView[];
  /** Comparisons on the path that were meant to protect the access, each with the reason why it did not. */
  readonly missed: readonly ExplanationStepView[];
}

/** A change that was made and verified. */
export interface FixView extends Texts {
  /** After the change the verifier accepts the program, or refuses it later, at another place. */
  readonly outcome: "accepted" | "further";
  /** The editor's text after the change. null: the change cannot be written into it (a map of the page's settings). */
  readonly source: string | null;
  /** The changed lines, with the lines around them. */
  readonly diff: readonly DiffLineView[];
}

export interface DiffLineView {
  readonly kind: "same" | "out" | "in" | "gap";
  readonly text: string;
}

/** One instruction's part in the refusal, as a sentence in both languages. */
export interface ExplanationStepView extends Texts {
  readonly slot: number;
  /** Number of the verifier's visit. -1: the program's start. */
  readonly visit: number;
}

/** The result of a search for an input that breaks a refused program. Finding none proves nothing. */
export interface WitnessView {
  /** Number of inputs tried. 0: nothing runs this program here. */
  readonly tried: number;
  readonly found: WitnessFoundView | null;
}

/** An input, and what the program does with it without a verifier. */
export interface WitnessFoundView {
  /** `fault`, `leak`, `endless`, … */
  readonly kind: string;
  /** What happens. */
  readonly words: Texts;
  /** The instruction that does it, and how many ran before. */
  readonly slot: number;
  readonly step: number;
  /** The text of the program's input, the contents of maps, and the environment that the program sees. */
  readonly input: string;
  readonly contents: NonNullable<ProgramInput["contents"]>;
  readonly seed: number;
  readonly sockets: boolean;
}

export interface WordingView {
  /** What the rule demands. */
  readonly rule: string;
  /** Why the kernel needs it. */
  readonly why: string;
  /** What usually helps. */
  readonly help: string;
}
