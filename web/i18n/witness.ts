// Words around the input that breaks a refused program. The engine says what the program does.
import { type Language, useSettings } from "../stores/page/settings.ts";

export interface WitnessTexts {
  readonly title: string;
  /** The heading until an input is found. */
  readonly question: string;
  readonly searching: string;
  readonly show: string;
  readonly input: string;
  readonly noBytes: string;
  readonly map: (name: string, key: string) => string;
  readonly seed: (seed: number) => string;
  readonly sockets: string;
  readonly none: (tried: number) => string;
  readonly careful: string;
  readonly notHere: string;
  readonly longer: string;
}

const TEXTS: Readonly<Record<Language, WitnessTexts>> = {
  en: {
    title: "An input that breaks it",
    question: "Is there an input that breaks it?",
    searching: "Looking for an input that breaks it …",
    show: "Show it",
    input: "input",
    noBytes: "any input",
    map: (name, key) => `map ${name}, key ${key}`,
    seed: (seed) => `random numbers from seed ${seed}`,
    sockets: "a look-up finds a socket",
    none: (tried) => `${tried} inputs were tried without the verifier, and none did harm.`,
    careful:
      "That proves nothing: there may be one all the same, or the verifier may be more careful here than it had to be.",
    notHere: "Nothing runs this program here, so no input was tried.",
    longer: "Look longer",
  },
  ja: {
    title: "実際に壊れる入力",
    question: "実際に壊れる入力はあるか",
    searching: "実際に壊れる入力を探しています…",
    show: "見る",
    input: "入力",
    noBytes: "どの入力でも",
    map: (name, key) => `マップ ${name}、キー ${key}`,
    seed: (seed) => `乱数のシード ${seed}`,
    sockets: "ソケットの検索が成功",
    none: (tried) => `verifier を通さずに ${tried} 通りの入力を試しましたが、害は見つかりませんでした。`,
    careful: "安全の証明ではありません。壊れる入力がまだあるか、verifier がここで必要以上に慎重なのかもしれません。",
    notHere: "ここではこのプログラムを実行できないため、入力は試していません。",
    longer: "さらに探す",
  },
};

export const useWitnessTexts = (): WitnessTexts => TEXTS[useSettings((s) => s.language)];
