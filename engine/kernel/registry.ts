// Which program and attach types a kernel knows: the recorded ones, and those that steps 1 and 2 of the recipe add.
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

/** Whether each of the recipe's four steps is applied: program type, attach type, module, user space. */
export type Steps = readonly [progType: boolean, attachType: boolean, module: boolean, userSpace: boolean];
const ALL_STEPS: Steps = [true, true, true, true];

/** Version of the simulated kernel: the one whose rules are recorded, with the four steps. */
export const RELEASE = "6.18.44-oreore";

/**
 * The definition's number belongs to BPF_PROG_TYPE_NETFILTER in the recorded kernel, but is free in the talk's older kernel. So the
 * kernel's own types from that number on are moved up by this much. The number right after the definition's stays free, because
 * the talk's kernel refuses it.
 */
const TYPE_NUMBER_SHIFT = 2;

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

  /** bpf_prog_types[]: the type with this number, or `undefined`. The definition's number is never another type's. */
  progType(id: number): ProgType | undefined {
    if (id === this.#added.id) return this.steps[0] ? this.#added : undefined;
    if (id < this.#added.id) return progTypeById(id);
    const type = progTypeById(id - TYPE_NUMBER_SHIFT);
    return type && type.id >= this.#added.id ? type : undefined;
  }

  /** All types that can be asked for by name. The definition's is among them even if step 1 is not applied. */
  progTypes(): readonly ProgType[] {
    return [...PROG_TYPES.filter((type) => type !== OREORE_TYPE), this.#added];
  }

  /** Number of a program type, by its lower-case name. The definition's is known even if step 1 is not applied. */
  progTypeId(name: string): number | undefined {
    if (name === this.#added.name) return this.#added.id;
    const known = progTypeByName(name);
    if (!known || known === OREORE_TYPE) return undefined;
    return known.id < this.#added.id ? known.id : known.id + TYPE_NUMBER_SHIFT;
  }

  /** The expected_attach_type that a loader which knows the type asks for: the only one that the type accepts, else 0. */
  defaultAttachType(name: string): number {
    const { type } = this.definition;
    const taken = name === type.name ? [type.attach.id] : progTypeByName(name)?.attachTypes;
    return taken?.length === 1 ? (taken[0] as number) : 0;
  }

  /** The attach types for which a program of the type can be loaded. [] if none are known for the type. */
  attachTypes(type: ProgType): readonly number[] {
    const { name, attach } = this.definition.type;
    if (type.name === name) return [attach.id];
    const { attachTypes: taken } = type;
    return attachTypesOf(type.name).filter((id) => !taken || taken.includes(id));
  }

  /** The attach type of a program for which none was given: one of `attachTypes`, or 0 for none. */
  attachTypeIfNoneGiven(name: string): number {
    return attachTypeAtLoad(name, this.defaultAttachType(name));
  }

  /**
   * The attach type that a loader passes to BPF_PROG_ATTACH: the one for which the program was loaded. If BPF_PROG_ATTACH does not
   * know that one for the program type, it is the definition's.
   */
  attachTypeFor(progType: string, loadedFor: number): number {
    const { attach, name } = this.definition.type;
    return progType !== name && this.progTypeOfAttachType(loadedFor) === progType ? loadedFor : attach.id;
  }

  attachTypeName(id: number): string | undefined {
    const { attach } = this.definition.type;
    return id === attach.id && this.steps[1] ? attach.name : attachTypeName(id);
  }

  /** Name of the program type of an attach type. `undefined`: BPF_PROG_TYPE_UNSPEC. @kernel syscall.c attach_type_to_prog_type */
  progTypeOfAttachType(id: number): string | undefined {
    const { attach, name } = this.definition.type;
    return id === attach.id && this.steps[1] ? name : progTypeOfAttachType(id);
  }
}
