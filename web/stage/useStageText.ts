// The stage's words in the chosen language. It is a file of its own, so that code which only uses the words needs no page.
import { type StageTexts, stageTexts } from "../i18n/stage.ts";
import { useSettings } from "../stores/page/settings.ts";

export const useStageText = (): StageTexts => stageTexts(useSettings((s) => s.language));
