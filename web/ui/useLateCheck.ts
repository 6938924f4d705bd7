// The check for what is large and follows the verdict. Verdict and message are drawn as soon as the engine has answered; log, listing
// and arrows come behind them, in a turn of their own, and give way to the next key.
import { useDeferredValue } from "react";
import type { CheckView } from "../../engine/index.ts";
import { useVerdict } from "../stores/check/verdict.ts";

export const useLateCheck = (): CheckView | null => useDeferredValue(useVerdict((s) => s.check));
