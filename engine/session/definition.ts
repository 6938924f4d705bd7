// A reader's own program type: from the page's form to the kernel's definition. null is the deck's OREORE.
import { type KernelDefinition, OREORE } from "../kernel/definition.ts";
import type { DefinitionInput } from "./views.ts";

/** The form has been looked over by the page (lengths, overlaps, names); numbers are those that step 1 and 2 add. */
export function definitionOf(input: DefinitionInput | null): KernelDefinition {
  if (!input) return OREORE;
  const { name, ctx, helpers, returnRange, attachName, sysfsPath } = input;
  const size = Math.max(0, ...ctx.fields.map(({ off, size }) => off + size));
  return {
    type: {
      id: OREORE.type.id,
      name,
      ctx: { struct: ctx.struct, size, fields: ctx.fields },
      helpers,
      ...(returnRange && { returnRange: { ...returnRange, bits: 32 as const } }),
      attach: { id: OREORE.type.attach.id, name: attachName, requiredAtLoad: true },
    },
    attribute: {
      path: sysfsPath,
      mode: OREORE.attribute.mode,
      store: ctx.fields.map((field) => ({ field: field.name, type: NUMBER_OF_SIZE[field.size] })),
      show: "%u",
    },
  };
}

const NUMBER_OF_SIZE = { 1: "u8", 2: "u16", 4: "u32", 8: "u64" } as const;
