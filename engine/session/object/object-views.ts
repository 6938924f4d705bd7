// A BPF object as the page shows it: plain values that cross a Worker's boundary. The load of a program on Linux 6.18 is a second view,
// made when it is asked for.

import type { Texts } from "../../base/language.ts";
import type { CoreKind } from "../../object/core/spec.ts";
import type { NotSimulated } from "../../program/not-simulated.ts";
import type { MapAttr } from "../../program/program.ts";
import type { ExplanationView } from "../views/check.ts";
import type { ProgramInput } from "../views/program.ts";

export interface ObjectView {
  /** The object's name in libbpf. */
  readonly name: string;
  readonly license: string;
  readonly programs: readonly ObjectProgramView[];
  readonly maps: readonly ObjectMapView[];
  /** What the object needs from the kernel: values of its configuration, variables, functions. */
  readonly externs: readonly { readonly name: string; readonly kind: "kconfig" | "ksym"; readonly weak: boolean }[];
  /** Functions that programs call, in the order of the file. */
  readonly functions: readonly { readonly name: string; readonly global: boolean; readonly insns: number }[];
  /** Structures, unions and enums of the object, by name. */
  readonly types: readonly { readonly kind: string; readonly name: string; readonly size: number }[];
  /** The kernel's types are needed: see ObjectsApi.takeKernel. */
  readonly needsKernel: boolean;
}

export interface ObjectProgramView {
  readonly name: string;
  readonly section: string;
  /** "": no known section has that name. */
  readonly progType: string;
  readonly insns: number;
  /** libbpf loads it unless told otherwise. */
  readonly autoload: boolean;
}

export interface ObjectMapView extends MapAttr {
  /** `declared`, or which variables the map holds. */
  readonly origin: string;
  readonly pinned: boolean;
  readonly frozen: boolean;
  /** The first bytes of a map of variables, as hex, at most 256. */
  readonly bytes: string;
  /** Values given in the source: key → name of a map or program. */
  readonly values: readonly { readonly key: number; readonly name: string }[];
}

/** A line of C. */
export interface SourceLineView {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface ObjectInsnView {
  readonly slot: number;
  /** As the verifier's log prints it, but with the names of maps and functions. */
  readonly text: string;
  /** The line of C that begins here: an index into `lines`. -1: the line before goes on. */
  readonly line: number;
  /** The function that begins here. "": none. */
  readonly function: string;
}

export interface RelocationView {
  readonly slot: number;
  /** `kind` is asked of `asked`: `byte_off`, `struct task_struct.pid`. */
  readonly kind: CoreKind;
  readonly asked: string;
  /** null: the kernel has no such thing. */
  readonly found: string | null;
  readonly before: string;
  readonly after: string;
  /** The instruction was made invalid. */
  readonly poisoned: boolean;
}

export interface ObjectLoadView {
  readonly name: string;
  readonly verdict: "accept" | "reject" | "not simulated";
  readonly errno: number;
  /** EINVAL, EACCES, … "": none. */
  readonly errnoName: string;
  /** What the program needs that is not simulated. null: there is a verdict. */
  readonly notSimulated: NotSimulated | null;
  /** The line of the log with the reason. "": accepted, or no verdict. */
  readonly message: string;
  readonly insnsProcessed: number;
  readonly states: number;
  readonly insns: readonly ObjectInsnView[];
  /** Kernel functions that it calls. */
  readonly kernelFunctions: readonly string[];
  readonly lines: readonly SourceLineView[];
  readonly relocations: readonly RelocationView[];
  /** The log at level 1, its last 2000 lines. */
  readonly log: readonly string[];
  /** Index in `log` of the line with the reason. -1: none. */
  readonly logRefusal: number;
  /** The refused slot. -1: none. */
  readonly refusedAt: number;
  readonly explanation: ExplanationView | null;
  /** The same program for the editor, with its maps. null: it is too large. */
  readonly program: ProgramInput | null;
}

/** A view, or the sentence that says why there is none. */
export type ObjectAnswer<View> = { readonly ok: true; readonly view: View } | ({ readonly ok: false } & Texts);
