// The check for large views that follow the verdict. Verdict and message are drawn as soon as the engine has answered. Log, listing and
// arrows are drawn in a later turn, which the next key press interrupts.
import { useDeferredValue } from "react";
import type { CheckView } from "../../engine/index.ts";
import { useVerdict } from "../stores/check/verdict.ts";

export const useLateCheck = (): CheckView | null => useDeferredValue(useVerdict((s) => s.check));
