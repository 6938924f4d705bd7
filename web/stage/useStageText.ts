// The stage's words in the language in force. Apart from the words, so that what puts them together needs no page.
import { type StageTexts, stageTexts } from "../i18n/stage.ts";
import { useSettings } from "../stores/page/settings.ts";

export const useStageText = (): StageTexts => stageTexts(useSettings((s) => s.language));
