// Which built-in programs a query finds. Each word of the query must be somewhere in the texts about the program, in either language.
import type { CodePictureView, ExampleView, Topic } from "../../engine/index.ts";

export const TOPIC_WORDS: Readonly<Record<"en" | "ja", Readonly<Record<Topic, string>>>> = {
  en: {
    numbers: "Registers and numbers",
    flow: "Branches, loops, functions",
    memory: "Context and stack",
    maps: "Maps",
    helpers: "Helpers",
    packets: "Packets",
  },
  ja: {
    numbers: "レジスタと数",
    flow: "分岐・ループ・関数",
    memory: "コンテキストとスタック",
    maps: "マップ",
    helpers: "ヘルパー関数",
    packets: "パケット",
  },
};

/** `picture`: undefined until it is drawn. The words of the source are searched anyway. */
export function fits(one: ExampleView, picture: CodePictureView | undefined, query: string): boolean {
  const { name, topic, title, about, program } = one;
  const text = [
    name,
    ...[title, about, picture?.words].flatMap((words) => (words ? [words.en, words.ja] : [])),
    TOPIC_WORDS.en[topic],
    TOPIC_WORDS.ja[topic],
    `BPF_PROG_TYPE_${program.progType}`,
    program.source,
  ]
    .join("\n")
    .toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
