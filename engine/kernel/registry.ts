// Which program and attach types a kernel knows: the recorded ones, and what steps 1 and 2 of the recipe add to them.
import {
  attachTypeName,
  defineProgType,
  OREORE as OREORE_TYPE,
  PROG_TYPES,
  progTypeById,
  progTypeByName,
} from "../facts/prog-types.ts";
import type { ProgType } from "../facts/types.ts";
import { attachTypesOf } from "../object/sections.ts";
import { attachTypeAtLoad, progTypeOfAttachType } from "./attach-types.ts";
import { type KernelDefinition, OREORE } from "./definition.ts";

/** The four steps of the recipe: program type, attach type, module, user space. */
export type Steps = readonly [progType: boolean, attachType: boolean, module: boolean, userSpace: boolean];
const ALL_STEPS: Steps = [true, true, true, true];

/** The kernel whose rules are recorded, built with the four steps. */
export const RELEASE = "6.18.44-oreore";

/**
 * By how much the kernel's own types that come after the definition's number are moved: BPF_PROG_TYPE_NETFILTER, which the
 * kernel of the talk had not got. The number right behind the definition's is left free: that kernel refuses it.
 */
const MOVED = 2;

const TYPES = new WeakMap<KernelDefinition, ProgType>();

function typeOf(definition: KernelDefinition): ProgType {
  const type = TYPES.get(definition) ?? defineProgType(definition.type);
  TYPES.set(definition, type);
  return type;
}

export class Registry {
  readonly definition: KernelDefinition;
  readonly steps: Steps;
  readonly #added: ProgType;

  constructor(definition: KernelDefinition = OREORE, steps: Steps = ALL_STEPS) {
    this.definition = definition;
    this.steps = steps;
    this.#added = typeOf(definition);
  }

  /** bpf_prog_types[]: by number, or `undefined`. The definition's number is its own, whatever other kernels use it for. */
  progType(id: number): ProgType | undefined {
    if (id === this.#added.id) return this.steps[0] ? this.#added : undefined;
    if (id < this.#added.id) return progTypeById(id);
    const type = progTypeById(id - MOVED);
    return type && type.id >= this.#added.id ? type : undefined;
  }

  /** All that can be asked for by name: the definition's even where step 1 is not applied. */
  progTypes(): readonly ProgType[] {
    return [...PROG_TYPES.filter((type) => type !== OREORE_TYPE), this.#added];
  }

  /** Number of a program type by its lower-case name; the definition's even where step 1 is not applied. */
  progTypeId(name: string): number | undefined {
    if (name === this.#added.name) return this.#added.id;
    const known = progTypeByName(name);
    if (!known || known === OREORE_TYPE) return undefined;
    return known.id < this.#added.id ? known.id : known.id + MOVED;
  }

  /** What a loader that knows the type asks for: the only expected_attach_type that a type takes, else 0. */
  defaultAttachType(name: string): number {
    const { type } = this.definition;
    const taken = name === type.name ? [type.attach.id] : progTypeByName(name)?.attachTypes;
    return taken?.length === 1 ? (taken[0] as number) : 0;
  }

  /** The attach types that a program of a type may be loaded for, where they are said; [] where a load does not look at it. */
  attachTypes(type: ProgType): readonly number[] {
    const { name, attach } = this.definition.type;
    if (type.name === name) return [attach.id];
    const { attachTypes: taken } = type;
    return attachTypesOf(type.name).filter((id) => !taken || taken.includes(id));
  }

  /** Of a program that was loaded without one being said; one of the above, or 0 for none. */
  attachTypeUnsaid(name: string): number {
    return attachTypeAtLoad(name, this.defaultAttachType(name));
  }

  /** What a loader asks BPF_PROG_ATTACH for: what the program was loaded for; the definition's where nothing is attached so. */
  attachTypeFor(progType: string, loadedFor: number): number {
    const { attach, name } = this.definition.type;
    return progType !== name && this.progTypeOfAttachType(loadedFor) === progType ? loadedFor : attach.id;
  }

  attachTypeName(id: number): string | undefined {
    const { attach } = this.definition.type;
    return id === attach.id && this.steps[1] ? attach.name : attachTypeName(id);
  }

  /** @kernel syscall.c attach_type_to_prog_type; `undefined` is BPF_PROG_TYPE_UNSPEC */
  progTypeOfAttachType(id: number): string | undefined {
    const { attach, name } = this.definition.type;
    return id === attach.id && this.steps[1] ? name : progTypeOfAttachType(id);
  }
}
