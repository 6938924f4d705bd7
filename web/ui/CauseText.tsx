// Why a system call was refused, as one sentence.
import type { Cause } from "../../engine/index.ts";
import { useCauseText } from "../i18n/causes.ts";

export default function CauseText({ cause }: { readonly cause: Cause }) {
  return <p className="hint cause">{useCauseText()(cause)}</p>;
}
