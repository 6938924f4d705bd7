// What the page is told of a check: verdict, log, beliefs, explanation, fixes, the input that breaks a program. Plain data that crosses
// a Worker boundary. No engine type leaks through here; 64-bit values are 16 hex digits, bytes are hex text, numbers are exact.
import type { Texts } from "../../base/language.ts";
import type { Cause } from "../../kernel/cause.ts";
import type { Refusal } from "../../verifier/refusals.ts";
import type { DiagnosticView, Hex64, MapInput, ProgramInput, SlotView, SpanView } from "./program.ts";

/** Half-open answer to "may it run": `error` where the source does not assemble (or we have a bug: see `message`). */
export type VerdictName = "accept" | "reject" | "error";

/** Answer to `check`; everything that follows a keystroke. */
export interface CheckView {
  /** As given to `check`; answers about an older text can be told apart. */
  readonly revision: number;
  readonly diagnostics: readonly DiagnosticView[];
  readonly slots: readonly SlotView[];
  /** The program type that the source itself names (`@prog`, a record's `.prog_type`); "" where it names none. */
  readonly saidType: string;
  /** What it is loaded for, and what of the source says so: the directive, a record's field; "": nothing does. */
  readonly attach: {
    /** enum bpf_attach_type; 0 may mean that none is asked for. */
    readonly id: number;
    readonly name: string;
    readonly saidBy: "directive" | "record" | "";
  };
  /** The maps the program will get: those of the settings and those the source declares. */
  readonly maps: readonly MapInput[];
  /** One for each of them: where it comes from, and where the program speaks of it. */
  readonly mapPlaces: readonly MapPlaceView[];
  readonly verdict: VerdictName;
  /** What of the kernel the program needs that is not simulated (verdict `error`): `kernel functions`; "" otherwise. */
  readonly unsupported: string;
  /** Positive; 0 when accepted. */
  readonly errno: number;
  /** `EACCES`, "" when 0. */
  readonly errnoName: string;
  /** The line of the log that says why; the first diagnostic when verdict is `error`; "" when accepted. */
  readonly message: string;
  /** Index of that line in the log, -1 where the log has none. */
  readonly messageLine: number;
  /** The slot it is about, -1 where it is about none. */
  readonly messageSlot: number;
  /** Why the program was refused, as a value; null where it was not, or it is not known. */
  readonly refusal: Refusal | null;
  /** What refused the load before the verifier saw the program; null where it did. */
  readonly refused: RefusedView | null;
  /** Kernel text, lines ended by \n; of more than 256 KiB the middle is left out, and one line says so. */
  readonly log: string;
  /** How many lines were left out: `logLines` has them. */
  readonly logCut: number;
  /** Lines before those. */
  readonly logHead: number;
  /** The log would be so long that only the result was written down; `writeLog` writes it. */
  readonly logBrief: boolean;
  /** One entry a line of `log` (split at \n): what the line is, an index into LINE_KINDS. */
  readonly logKinds: Uint8Array;
  /** Likewise: the slot it is about, or -1. */
  readonly logSlots: Int32Array;
  /** Likewise: the column at which a state begins behind what the line says first; 0: none does. */
  readonly logStates: Uint16Array;
  readonly insnsProcessed: number;
  /** Microseconds inside the verifier. */
  readonly us: number;
  /** Verdict, log and states are those of a log that was pasted, not our verifier's; null: they are ours. */
  readonly pasted: PastedView | null;
}

export interface MapPlaceView {
  /** Its declaration in the source; null: it came with the program, by a link or an object. */
  readonly declared: SpanView | null;
  /** Slots of the instructions that load it, in order. */
  readonly uses: readonly number[];
}

/** How far a pasted log tells of its program. */
export interface PastedView {
  /** Our verifier refuses the rebuilt program in the same words. */
  readonly isOurs: boolean;
  /** Instructions that the log does not show, both ends included; others stand in their place. */
  readonly missing: readonly { readonly from: number; readonly to: number }[];
  /** The log begins, or ends, in the middle. */
  readonly cutStart: boolean;
  readonly cutEnd: boolean;
}

/** A call of a load that was refused before the verifier saw the program, and which check of the kernel refused it. */
export interface RefusedView {
  readonly call: "map-create" | "map-update" | "prog-load";
  /** Name of the map that was to be made or filled, and the key; "" where it was none. */
  readonly map: string;
  readonly key: string;
  readonly cause: Cause;
}

/** What the verifier believed of one register or stack slot. */
export interface BeliefView {
  /** The log's text: `scalar(smin=0,…)`, `fp-8`, `ctx()`. */
  readonly text: string;
  /** A number, not a pointer: `bounds` are its own. */
  readonly isNumber: boolean;
  /** Of a number, and of a pointer's variable offset: decimal, and the tnum as hex. */
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
  /** R0 … R10; null: not initialised. */
  readonly regs: readonly (BeliefView | null)[];
  readonly stack: readonly { readonly frame: number; readonly off: number; readonly belief: BeliefView }[];
}

/** One time the verifier walked over an instruction. */
export interface VisitView {
  /** Counts all instructions processed, from 0, in the verifier's order. */
  readonly visit: number;
  readonly slot: number;
  readonly before: BeliefsView;
  /** null where the walk ended there. */
  readonly after: BeliefsView | null;
  /** Line of the whole log at which this visit began to write, -1 where none. */
  readonly logLine: number;
  /** The visit before on this path; -1: the program starts here, or that visit was not kept. */
  readonly prev: number;
  /** Its slot; -1 where there is none. */
  readonly prevSlot: number;
  /** The visits that came next from here: two where both ways of a branch were walked. */
  readonly next: readonly { readonly visit: number; readonly slot: number }[];
  /** Why the path went no further. `by`: the visit of the same slot that had been found safe for this state, or -1. */
  readonly end:
    | null
    | { readonly kind: "exit" }
    | { readonly kind: "pruned"; readonly by: number }
    | { readonly kind: "refused" };
}

/** Why a program was refused, in both languages; the kernel's words stand in CheckView.message. */
export interface ExplanationView {
  /** Kebab-case name of what was refused. */
  readonly id: string;
  readonly en: WordingView;
  readonly ja: WordingView;
  /** Slot of the refused instruction, -1: the program as a whole. */
  readonly at: number;
  /** Slot to change, -1 where there is none. */
  readonly root: number;
  /** What is wrong, with the values. */
  readonly reason: Texts;
  /** The register that broke it, -1 where it was none. */
  readonly reg: number;
  /** How the value that broke it came to be what it is: in the order in which it happened, the refused instruction last. */
  readonly steps: readonly ExplanationStepView[];
  /** Comparisons on the path that were meant to protect it, each with why it gave nothing. */
  readonly missed: readonly ExplanationStepView[];
}

/** A change that was made and verified. */
export interface FixView extends Texts {
  /** The verifier accepts the program then, or refuses it later, at another place. */
  readonly outcome: "accepted" | "further";
  /** The editor's text with it; null where it cannot be written into that (a map of the page's settings). */
  readonly source: string | null;
  /** The lines that change, with those around them. */
  readonly diff: readonly DiffLineView[];
}

export interface DiffLineView {
  readonly kind: "same" | "out" | "in" | "gap";
  readonly text: string;
}

/** One instruction's part in it, as a sentence in both languages. */
export interface ExplanationStepView extends Texts {
  readonly slot: number;
  /** Number of the verifier's visit; -1: the program's start. */
  readonly visit: number;
}

/** What a search for an input that breaks a refused program came to. To find none proves nothing. */
export interface WitnessView {
  /** Inputs that were tried; 0: nothing runs this program here. */
  readonly tried: number;
  readonly found: WitnessFoundView | null;
}

/** An input, and what the program does with it when no verifier stands in its way. */
export interface WitnessFoundView {
  /** `fault`, `leak`, `endless`, … */
  readonly kind: string;
  /** What happens. */
  readonly words: Texts;
  /** The instruction that does it, and how many ran before. */
  readonly slot: number;
  readonly step: number;
  /** The text of the program's input, what maps hold, what else a program sees of the world. */
  readonly input: string;
  readonly contents: NonNullable<ProgramInput["contents"]>;
  readonly seed: number;
  readonly sockets: boolean;
}

export interface WordingView {
  /** What the rule asks for. */
  readonly rule: string;
  /** Why the kernel needs it. */
  readonly why: string;
  /** What usually helps. */
  readonly help: string;
}
