// Why a system call was refused, as one sentence.
import type { Cause } from "../../engine/index.ts";
import { useCauseText } from "../i18n/causes.ts";

/** `inline`: within a line. */
export default function CauseText({ cause, inline = false }: { readonly cause: Cause; readonly inline?: boolean }) {
  const words = useCauseText()(cause);
  return inline ? <span>{words}</span> : <p className="hint cause">{words}</p>;
}
