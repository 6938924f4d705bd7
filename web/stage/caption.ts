// What a press did, in words: the system call with its result, and what that means. The words are made from values; no text is
// read back.
import { actWords, type CallFacts, stageTexts } from "../i18n/stage.ts";
import { slidesText } from "../lessons/parse-scene.ts";
import type { Scene } from "../lessons/scene.ts";
import type { Language } from "../stores/page/settings.ts";
import type { Frame } from "./film.ts";
import { bpfCall, type CallResult } from "./world.ts";

interface CaptionText {
  /** Such as `write(4, "10\n", 3) = 3`. "": no system call was made. */
  readonly call: string;
  readonly failed: boolean;
  /** Uses the stage's marks: `code`, **strong**, {{blank}}. */
  readonly words: string;
}

const EMPTY_CAPTION: CaptionText = { call: "", failed: false, words: "" };

export function captionOf({ caption, world }: Frame, language: Language): CaptionText {
  if (!caption) return EMPTY_CAPTION;
  const { says, result, stepSentence } = caption;
  const text = stageTexts(language);
  const own = says?.[language];
  if (result) {
    const { ret, errnoName, data, verified, attached, ran } = result;
    const facts: CallFacts = {
      ret,
      errnoName,
      data,
      verified,
      attached,
      recipe: world.recipe,
      ran: ran && { insns: ran.insns, said: ran.said[language], returned: ran.returned },
    };
    return { call: callLine(result), failed: ret < 0, words: own ?? text.calls[result.kind](facts) };
  }
  if (own !== undefined) return { ...EMPTY_CAPTION, words: own };
  if (stepSentence) {
    const sentence = stepSentence[language];
    return { ...EMPTY_CAPTION, words: world.step?.step === 0 ? text.comes(sentence) : sentence };
  }
  return EMPTY_CAPTION;
}

/** The one call to show: the call that failed, else the main call of the act. */
function callLine({ kind, calls, ret, errnoName }: CallResult): string {
  if (kind === "shell") return "";
  if (kind !== "echo" && kind !== "cat") return bpfCall(kind, ret, errnoName);
  const wanted = kind === "echo" ? "write" : "read";
  const told = calls.find(({ errno }) => errno !== 0) ?? calls.find((one) => one.call === wanted);
  if (told?.call === "openat") return `openat("${told.path}") = -1 ${told.errnoName}`;
  return told?.text ?? "";
}

/** What the next press will do, in words. */
export function nextPressText(frames: readonly Frame[], press: number, language: Language): string {
  const text = stageTexts(language);
  const [now, next] = [frames[press], frames[press + 1]];
  if (!next) return text.end;
  if (!next.act || next.sceneIndex !== now?.sceneIndex) return text.scene(next.scene.says[language]);
  const words = captionOf(next, language).words;
  const item = next.act.kind === "item" ? next.shown.items.at(-1)?.[language] : undefined;
  const more = item ?? words;
  return more === "" ? actWords(text, next.act) : `${actWords(text, next.act)}: ${more}`;
}

/** The number of this scene among the lesson's scenes about the same slides, from 1, and how many of them there are. */
export function partOfSlides(scene: Scene, scenes: readonly Scene[]): readonly [part: number, parts: number] {
  const slides = slidesText(scene.slides);
  const same = scenes.filter((one) => slidesText(one.slides) === slides);
  return [same.indexOf(scene) + 1, same.length];
}
