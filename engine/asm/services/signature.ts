// Signature help: the parameters of the macro or function around a place, and the parameter that the place is in.
import { insnMacro } from "../../isa/macros.ts";
import type { Analysis } from "../assemble.ts";
import { PREDEFINED } from "../dialect.ts";
import { ROLE_WORDS } from "./meanings.ts";
import { placeAt } from "./place.ts";
import type { Words } from "./words.ts";

export interface Signature extends Words {
  readonly name: string;
  readonly params: readonly ({ readonly name: string } & Words)[];
  /** Index of the parameter at the place. Too large if there are more arguments than parameters. */
  readonly active: number;
}

const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  sizeof: ["type"],
  offsetof: ["type", "field"],
  offsetofend: ["type", "field"],
  sizeof_field: ["type", "field"],
};

export function signatureAt(analysis: Analysis, source: string, offset: number): Signature | undefined {
  for (const call of placeAt(source, offset).calls) {
    const macro = insnMacro(call.name);
    if (macro) {
      const params = macro.params.map((param) => ({ name: param.name, ...ROLE_WORDS[param.role] }));
      return { name: call.name, params, active: call.argument, en: macro.en, ja: macro.ja };
    }
    const row = PREDEFINED.find((predefined) => predefined.name === call.name);
    const define = analysis.preprocessed.defines.findLast((d) => d.name === call.name);
    const names =
      define?.params ?? row?.params ?? (Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined);
    if (names) {
      const params = names.map((name) => ({ name, en: "", ja: "" }));
      return { name: call.name, params, active: call.argument, en: row?.en ?? "", ja: row?.ja ?? "" };
    }
  }
  return undefined;
}
