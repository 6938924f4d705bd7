// What the goals of a lesson ask, in words, for the lesson's page and for the tool that judges a class's answers. Needs no page.
import type { CounterExample, Goal, GoalView, Texts } from "../../engine/index.ts";

type Words = { readonly [Kind in Goal["kind"]]: (goal: Extract<Goal, { kind: Kind }>) => string };

interface GoalTexts {
  readonly goals: Words;
  /** Stands for all goals whose inputs are secret. */
  readonly secret: string;
  readonly found: (what: string) => string;
  /** What the kernel lacks: a step of the recipe. */
  readonly missingStep: (step: number) => string;
  readonly counter: (counter: CounterExample) => string;
  /** The first byte that differs, counted from 0. "": there is none. */
  readonly byte: (at: number, came: string, wanted: string) => string;
  readonly at: (on: string) => string;
}

const compare: Readonly<Record<string, Texts>> = {
  "<=": { en: "at most", ja: "以下" },
  ">=": { en: "at least", ja: "以上" },
  "==": { en: "exactly", ja: "ちょうど" },
};
const verbs: Readonly<Record<string, Texts>> = {
  load: { en: "Load", ja: "ロードする" },
  attach: { en: "Attach", ja: "アタッチする" },
  detach: { en: "Detach", ja: "デタッチする" },
  test: { en: "Run a test", ja: "テスト実行する" },
  update: { en: "Set an element of the map", ja: "マップの要素を書き換える" },
  delete: { en: "Delete an element of the map", ja: "マップの要素を消す" },
};

/** As much of a packet as fits into a sentence. */
const short = (text: string): string => (text.length <= 40 ? text : `${text.slice(0, 39)}…`);
const inputs = (on: readonly string[], between: string): string => on.map(short).join(between);

/** The first differing byte, for packets that are too long for a sentence. */
function firstByte({ actual, wanted }: CounterExample): { at: number; came: string; wanted: string } | null {
  if (![actual, wanted].every((text) => /^(?:[0-9a-f]{2})*$/.test(text)) || actual.length <= 40) return null;
  const [is, should] = [actual.match(/../g) ?? [], wanted.match(/../g) ?? []];
  const at = Array.from({ length: Math.max(is.length, should.length) }).findIndex((_, i) => is[i] !== should[i]);
  return { at, came: is[at] ?? "", wanted: should[at] ?? "" };
}

const reg = (where: string): string => where.replace(/\br(\d+)/g, "R$1");

const TEXTS: Readonly<Record<keyof Texts, GoalTexts>> = {
  en: {
    secret: "Also right for hidden inputs",
    found: (what) => `now: ${what}`,
    missingStep: (step) => `step ${step} of the recipe is missing`,
    counter: ({ on, actual, wanted }) =>
      `with ${inputs(on, ", ")}: got ${actual === "" ? "nothing" : short(actual)}, expected ${short(wanted)}`,
    byte: (at, came, wanted) => `byte ${at} is ${came || "not there"}, expected ${wanted || "no byte"}`,
    at: (on) => `with ${on}: `,
    goals: {
      verdict: ({ is }) => (is === "accept" ? "The verifier accepts the program" : "The verifier refuses the program"),
      errno: ({ is }) => `The load fails with ${is}`,
      message: ({ has }) => `The verifier says “${has}”`,
      refused: ({ is }) => `The verifier refuses it: ${is}`,
      log: ({ has }) => `“${has}” appears in the log`,
      returns: ({ on, is }) =>
        on.length > 1 ? `Writing ${inputs(on, ", ")} gives ${is} at last` : `${short(on[0] ?? "")} gives ${is}`,
      refuses: ({ on, is }) => `Writing ${on} fails with ${is}`,
      traces: ({ on, is }) => `${inputs(on, ", ")} prints ${is} to trace_pipe`,
      records: ({ on, is }) => `${inputs(on, ", ")} hands out a record with the bytes ${short(is)}`,
      keeps: ({ on, map, key, is }) => `After ${inputs(on, ", ")} the map ${map} holds ${is} under ${key}`,
      sends: ({ on, is }) => `The packet ${inputs(on, ", ")} leaves as ${short(is)}`,
      insns: ({ compare: how, than }) => `The program has ${compare[how]?.en} ${than} instructions`,
      walked: ({ compare: how, than }) => `The verifier processes ${compare[how]?.en} ${than} instructions`,
      steps: ({ on, compare: how, than }) => `A run with ${on} takes ${compare[how]?.en} ${than} steps`,
      uses: ({ what }) => `The program uses “${what}”`,
      avoids: ({ what }) => `The program does without “${what}”`,
      knows: ({ reg, min, max }) => `At the exit the verifier knows: R${reg} is ${min} to ${max}`,
      did: ({ verb, what, answer }) => {
        if (verb === "echo") return answer === "ok" ? `You write ${what}` : `You write ${what} and see ${answer}`;
        if (verb === "cat") return answer.startsWith("E") ? `cat fails with ${answer}` : `cat prints ${answer}`;
        return answer === "ok" ? `${verbs[verb]?.en}: it succeeds` : `${verbs[verb]?.en} and see ${answer}`;
      },
      attached: ({ is }) => (is ? "The program is attached" : "Nothing is attached"),
      applied: ({ steps }) =>
        steps.length === 1
          ? `Your kernel has step ${steps[0]} of the recipe`
          : `Your kernel has the steps ${steps.join(", ")} of the recipe`,
      holds: ({ map, key, is }) => `In your kernel the map ${map} holds ${is} under ${key}`,
      stands: ({ where }) => `Step to where ${reg(where).replace("==", "is")}`,
    },
  },
  ja: {
    secret: "非公開のほかの入力でも正しい",
    found: (what) => `今は: ${what}`,
    missingStep: (step) => `レシピの手順 ${step} がありません`,
    counter: ({ on, actual, wanted }) =>
      `${inputs(on, "、")} のとき: ${actual === "" ? "結果なし" : `結果は ${short(actual)}`}、期待値は ${short(wanted)}`,
    byte: (at, came, wanted) => `${at} バイト目は ${came || "なし"}、期待値は ${wanted || "なし"}`,
    at: (on) => `${on} のとき: `,
    goals: {
      verdict: ({ is }) => (is === "accept" ? "verifier が受理する" : "verifier が拒否する"),
      errno: ({ is }) => `ロードが ${is} で失敗する`,
      message: ({ has }) => `verifier が「${has}」と言う`,
      refused: ({ is }) => `verifier に拒否される: ${is}`,
      log: ({ has }) => `ログに「${has}」が現れる`,
      returns: ({ on, is }) =>
        on.length > 1 ? `${inputs(on, "、")} を順に書くと最後に ${is} を返す` : `${short(on[0] ?? "")} で ${is} を返す`,
      refuses: ({ on, is }) => `${on} の書き込みが ${is} で失敗する`,
      traces: ({ on, is }) => `${inputs(on, "、")} で trace_pipe に ${is} を出す`,
      records: ({ on, is }) => `${inputs(on, "、")} でレコード ${short(is)} を渡す`,
      keeps: ({ on, map, key, is }) => `${inputs(on, "、")} のあと、マップ ${map} のキー ${key} の値が ${is}`,
      sends: ({ on, is }) => `パケット ${inputs(on, "、")} が ${short(is)} になって出る`,
      insns: ({ compare: how, than }) => `命令の数が ${than} ${compare[how]?.ja}`,
      walked: ({ compare: how, than }) => `verifier がたどる命令が ${than} ${compare[how]?.ja}`,
      steps: ({ on, compare: how, than }) => `${on} での実行が ${than} ステップ${compare[how]?.ja}`,
      uses: ({ what }) => `「${what}」を使う`,
      avoids: ({ what }) => `「${what}」を使わない`,
      knows: ({ reg, min, max }) => `exit で R${reg} が ${min}〜${max} だと verifier に分かる`,
      did: ({ verb, what, answer }) => {
        if (verb === "echo") return answer === "ok" ? `${what} を書き込む` : `${what} を書き込んで ${answer} を見る`;
        if (verb === "cat") return answer.startsWith("E") ? `cat が ${answer} で失敗する` : `cat で ${answer} を読む`;
        return answer === "ok" ? `${verbs[verb]?.ja}(成功)` : `${verbs[verb]?.ja}(${answer} を見る)`;
      },
      attached: ({ is }) => (is ? "プログラムがアタッチされている" : "何もアタッチされていない"),
      applied: ({ steps }) => `自分のカーネルに手順 ${steps.join("、")} を適用する`,
      holds: ({ map, key, is }) => `自分のカーネルで、マップ ${map} のキー ${key} の値が ${is}`,
      stands: ({ where }) => `${reg(where).replace(/\s*==\s*(\S+)/, " が $1")} になるところまで進める`,
    },
  },
};

/** A goal as a reader sees it. `now`: what is wrong at present, "" if there is nothing to say. */
export interface GoalText {
  readonly text: string;
  readonly met: boolean;
  readonly now: string;
}

/** The goals in words. Those with secret inputs share one line, which shows one input that fails. */
export function goalTexts(
  goals: readonly Goal[],
  views: readonly GoalView[] | null,
  language: keyof Texts,
): readonly GoalText[] {
  const text = TEXTS[language];
  const all = goals.map((goal, i) => {
    const { met = false, found: came = "", counterExample = null, missingStep = 0 } = views?.[i] ?? {};
    const found = missingStep > 0 ? text.missingStep(missingStep) : came;
    const secret = "secret" in goal && goal.secret;
    const told = counterExample && (secret || counterExample.on.length > 1);
    const byte = counterExample && firstByte(counterExample);
    const now = byte
      ? `${told ? text.at(inputs(counterExample.on, ", ")) : ""}${text.byte(byte.at, byte.came, byte.wanted)}`
      : told
        ? text.counter(counterExample)
        : found && text.found(found);
    return { text: secret ? text.secret : goalText(goal, language), met, found, now, secret };
  });
  const secrets = all.filter(({ secret }) => secret);
  const open = all.filter(({ secret }) => !secret);
  const first = secrets.find(({ met }) => !met) ?? secrets[0];
  const shown = first ? [...open, first] : open;
  // One refusal can fail many goals. It is shown once.
  return shown.map(({ text, met, now, found }, i) => {
    const told = found !== "" && shown.slice(0, i).some((other) => other.found === found);
    return { text, met, now: met || told ? "" : now };
  });
}

/** What a goal asks, in words. */
const goalText = (goal: Goal, language: keyof Texts): string =>
  (TEXTS[language].goals[goal.kind] as (goal: Goal) => string)(goal);
