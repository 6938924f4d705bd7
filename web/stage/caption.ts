// What a press did, in words: the system call with its result, and what that means. From values, never from a text.
import type { SyscallView } from "../../engine/index.ts";
import { actWords, type CallFacts, stageTexts } from "../i18n/stage.ts";
import type { Language } from "../stores/settings.ts";
import type { Frame } from "./film.ts";
import type { Call, Done } from "./world.ts";

export interface Words {
  /** `write(4, "10\n", 3) = 3`; "": no system call was made. */
  readonly call: string;
  readonly failed: boolean;
  /** In the marks of the stage: `code`, **strong**, {{blank}}. */
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
      ran: ran && { insns: ran.insns, said: ran.said[language] },
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

const COMMANDS: Readonly<Record<Call, string>> = {
  load: "BPF_PROG_LOAD",
  attach: "BPF_PROG_ATTACH",
  detach: "BPF_PROG_DETACH",
  echo: "write",
  cat: "read",
};

/** The one call that tells: what failed, else the one that the act is for. */
function callLine({ call, calls, ret, errnoName }: Done): string {
  if (call === "echo" || call === "cat") return telling(calls, COMMANDS[call])?.text ?? "";
  return `bpf(${COMMANDS[call]}, …) = ${ret < 0 ? `-1 ${errnoName}` : ret}`;
}

const telling = (calls: readonly SyscallView[], name: string): SyscallView | undefined =>
  calls.find(({ errno }) => errno !== 0) ?? calls.find((one) => one.name === name);

/** What the press that follows does, in words. */
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
