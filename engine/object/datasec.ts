// Where the variables of a section lie. Compilers leave size and offsets in BTF at 0; the symbols have them.
// @kernel libbpf.c btf_fixup_datasec
import type { Btf } from "./btf/btf.ts";
import { type Elf, STB_LOCAL, STT_OBJECT, STV_HIDDEN, STV_INTERNAL } from "./elf.ts";

interface PlacedVariable {
  /** The VAR in the object's BTF. */
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Whether other programs can see it by its name. */
  readonly exposed: boolean;
}

const STATIC = 0;
const EXTERN = 2;

/** The variables of DATASEC `id`, sorted by offset. */
export function variablesOf(btf: Btf, id: number, elf: Elf): PlacedVariable[] {
  const isWithoutOffsets = btf.size(id) === 0;
  const symbols = symbolsOf(elf);
  const all = Array.from({ length: btf.vlen(id) }, (_, i): PlacedVariable => {
    const { type, offset, size } = btf.variable(id, i);
    const linkage = btf.kind(type) === "var" ? btf.word(type) : EXTERN;
    const symbol = linkage === STATIC || linkage === EXTERN ? undefined : symbols.get(btf.name(type));
    const hidden = symbol?.visibility === STV_HIDDEN || symbol?.visibility === STV_INTERNAL;
    return {
      type,
      offset: isWithoutOffsets && symbol ? symbol.value : offset,
      size,
      exposed: linkage !== STATIC && !hidden,
    };
  });
  return all.sort((a, b) => a.offset - b.offset);
}

const globalsOfElf = new WeakMap<Elf, ReadonlyMap<string, Elf["symbols"][number]>>();

/** Global variables by name. */
function symbolsOf(elf: Elf): ReadonlyMap<string, Elf["symbols"][number]> {
  let table = globalsOfElf.get(elf);
  if (table === undefined) {
    const globals = elf.symbols.filter(({ type, bind }) => type === STT_OBJECT && bind !== STB_LOCAL);
    // The first symbol with a name wins.
    globalsOfElf.set(elf, (table = new Map(globals.toReversed().map((symbol) => [symbol.name, symbol]))));
  }
  return table;
}
