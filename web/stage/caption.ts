// What a press did, in words: the system call with its result, and what that means. The words are made from values; no text is
// read back.
import { actWords, type CallFacts, stageTexts } from "../i18n/stage.ts";
import { slidesText } from "../lessons/parse-scene.ts";
import type { Scene } from "../lessons/scene.ts";
import type { Language } from "../stores/page/settings.ts";
import type { Frame } from "./film.ts";
import { bpfCall, type Done } from "./world.ts";

export interface Words {
  /** Such as `write(4, "10\n", 3) = 3`. "": no system call was made. */
  readonly call: string;
  readonly failed: boolean;
  /** Uses the stage's marks: `code`, **strong**, {{blank}}. */
  readonly words: string;
}

const NOTHING: Words = { call: "", failed: false, words: "" };

export function captionOf({ caption, world }: Frame, language: Language): Words {
  if (!caption) return NOTHING;
  const { says, done, said } = caption;
  const text = stageTexts(language);
  const own = says?.[language];
  if (done) {
    const { ret, errnoName, data, verified, attached, ran } = done;
    const facts: CallFacts = {
      ret,
      errnoName,
      data,
      verified,
      attached,
      recipe: world.recipe,
      ran: ran && { insns: ran.insns, said: ran.said[language], returned: ran.returned },
    };
    return { call: callLine(done), failed: ret < 0, words: own ?? text.calls[done.call](facts) };
  }
  if (own !== undefined) return { ...NOTHING, words: own };
  if (said) {
    const sentence = said[language];
    return { ...NOTHING, words: world.step?.step === 0 ? text.comes(sentence) : sentence };
  }
  return NOTHING;
}

/** The one call to show: the call that failed, else the main call of the act. */
function callLine({ call, calls, ret, errnoName }: Done): string {
  if (call === "shell") return "";
  if (call !== "echo" && call !== "cat") return bpfCall(call, ret, errnoName);
  const wanted = call === "echo" ? "write" : "read";
  const told = calls.find(({ errno }) => errno !== 0) ?? calls.find((one) => one.call === wanted);
  if (told?.call === "openat") return `openat("${told.path}") = -1 ${told.errnoName}`;
  return told?.text ?? "";
}

/** What the next press will do, in words. */
export function nextOf(frames: readonly Frame[], press: number, language: Language): string {
  const text = stageTexts(language);
  const [now, next] = [frames[press], frames[press + 1]];
  if (!next) return text.end;
  if (!next.act || next.sceneAt !== now?.sceneAt) return text.scene(next.scene.says[language]);
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
