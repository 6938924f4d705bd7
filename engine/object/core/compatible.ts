// When a type of the program and a type of the kernel are the same: loosely (compatible), for fields, or closely (match). The caller has
// already compared their names.
// @kernel libbpf relo_core.c __bpf_core_types_are_compat, bpf_core_fields_are_compat, __bpf_core_types_match
import { type Btf, essentialName, type Kind } from "../btf/btf.ts";

const MAX_LEVEL = 32;
/** Whether the bits of a number do not start at 0. This is an old way to write bit fields. */
const hasOffset = (btf: Btf, id: number): boolean => ((btf.word(id) >> 16) & 0xff) !== 0;
const isSigned = (btf: Btf, id: number): boolean => ((btf.word(id) >>> 24) & 1) !== 0;
const isEnumKind = (kind: Kind): boolean => kind === "enum" || kind === "enum64";

/** Whether the kinds are equal. Enums of 32 and of 64 bits count as one kind. */
export const sameKind = (a: Btf, aId: number, b: Btf, bId: number): boolean =>
  a.kind(aId) === b.kind(bId) || (isEnumKind(a.kind(aId)) && isEnumKind(b.kind(bId)));

/** Any two structures are compatible, and any two numbers. Pointers, arrays and functions are if the types they are made of are. */
export function typesAreCompatible(a: Btf, aId: number, b: Btf, bId: number, level = MAX_LEVEL): boolean {
  if (level <= 0 || !sameKind(a, aId, b, bId)) return false;
  let left = aId;
  let right = bId;
  for (let depth = 0; depth < MAX_LEVEL; depth++) {
    left = a.strip(left);
    right = b.strip(right);
    if (!sameKind(a, left, b, right)) return false;
    switch (a.kind(left)) {
      case "void":
      case "struct":
      case "union":
      case "enum":
      case "enum64":
      case "fwd":
        return true;
      case "int":
        return !hasOffset(a, left) && !hasOffset(b, right);
      case "ptr":
        left = a.type(left);
        right = b.type(right);
        break;
      case "array":
        left = a.array(left).type;
        right = b.array(right).type;
        break;
      case "func_proto": {
        if (a.vlen(left) !== b.vlen(right)) return false;
        for (let i = 0; i < a.vlen(left); i++) {
          const mine = a.strip(a.param(left, i).type);
          const theirs = b.strip(b.param(right, i).type);
          if (!typesAreCompatible(a, mine, b, theirs, level - 1)) return false;
        }
        left = a.type(left);
        right = b.type(right);
        break;
      }
      default:
        return false;
    }
  }
  return false;
}

/** Whether two fields with the same name are compatible. */
export function fieldsAreCompatible(a: Btf, aId: number, b: Btf, bId: number): boolean {
  let left = aId;
  let right = bId;
  for (let depth = 0; depth < MAX_LEVEL; depth++) {
    left = a.strip(left);
    right = b.strip(right);
    if (a.isComposite(left) && b.isComposite(right)) return true;
    if (!sameKind(a, left, b, right)) return false;
    switch (a.kind(left)) {
      case "ptr":
      case "float":
        return true;
      case "fwd":
      case "enum":
      case "enum64": {
        const mine = essentialName(a.name(left));
        const theirs = essentialName(b.name(right));
        return mine === "" || theirs === "" || mine === theirs;
      }
      case "int":
        return !hasOffset(a, left) && !hasOffset(b, right);
      case "array":
        left = a.array(left).type;
        right = b.array(right).type;
        break;
      default:
        return false;
    }
  }
  return false;
}

const namesMatch = (mine: string, theirs: string): boolean =>
  theirs === "" ? mine === "" : essentialName(mine) === essentialName(theirs);

/** How many comparisons one call may make. Types that were made very deep on purpose do not match. */
const MAX_COMPARISONS = 1 << 20;

/** Whether the kernel's type has everything that the program's type has, with the same kind and size. */
export function typesMatch(a: Btf, aId: number, b: Btf, bId: number): boolean {
  let comparisons = 0;
  const match = (mine: number, theirs: number, behindPointer: boolean, level: number): boolean => {
    if (level <= 0) return false;
    let left = mine;
    let right = theirs;
    let behind = behindPointer;
    for (let depth = 0; depth < MAX_LEVEL; depth++) {
      if (++comparisons > MAX_COMPARISONS) return false;
      left = a.strip(left);
      right = b.strip(right);
      if (!namesMatch(a.name(left), b.name(right))) return false;
      const kind = a.kind(left);
      const other = b.kind(right);
      switch (kind) {
        case "void":
          return kind === other;
        case "fwd":
          if (kind === other) return a.kindFlag(left) === b.kindFlag(right);
          return behind && other === (a.kindFlag(left) ? "union" : "struct");
        case "enum":
        case "enum64":
          return isEnumKind(other) && enumsMatch(left, right);
        case "struct":
        case "union":
          if (behind) return kind === other || (other === "fwd" && (kind === "union") === b.kindFlag(right));
          return kind === other && membersMatch(left, right, level);
        case "int":
          return kind === other && a.size(left) === b.size(right) && isSigned(a, left) === isSigned(b, right);
        case "ptr":
          if (kind !== other) return false;
          behind = true;
          left = a.type(left);
          right = b.type(right);
          break;
        case "array":
          if (kind !== other || a.array(left).count !== b.array(right).count) return false;
          left = a.array(left).type;
          right = b.array(right).type;
          break;
        case "func_proto": {
          if (kind !== other || a.vlen(left) !== b.vlen(right)) return false;
          for (let i = 0; i < a.vlen(left); i++)
            if (!match(a.param(left, i).type, b.param(right, i).type, behind, level - 1)) return false;
          left = a.type(left);
          right = b.type(right);
          break;
        }
        default:
          return false;
      }
    }
    return false;
  };
  const enumsMatch = (left: number, right: number): boolean => {
    if (a.size(left) !== b.size(right) || a.vlen(left) > b.vlen(right)) return false;
    const theirs = new Set(Array.from({ length: b.vlen(right) }, (_, i) => essentialName(b.enumerator(right, i).name)));
    return Array.from({ length: a.vlen(left) }, (_, i) => essentialName(a.enumerator(left, i).name)).every((name) =>
      theirs.has(name),
    );
  };
  const membersMatch = (left: number, right: number, level: number): boolean => {
    if (a.vlen(left) > b.vlen(right)) return false;
    const theirs = b.members(right);
    return a
      .members(left)
      .every((mine) =>
        theirs.some(({ name, type }) => namesMatch(mine.name, name) && match(mine.type, type, false, level - 1)),
      );
  };
  return match(aId, bId, false, MAX_LEVEL);
}
