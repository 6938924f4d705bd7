// What is not simulated, in Japanese.
import type { NotSimulated } from "../../engine/index.ts";

export const NOT_SIMULATED_JA: Readonly<Record<NotSimulated, string>> = {
  "attachment by the BTF id of a kernel function": "カーネル関数の BTF ID を指定するアタッチ",
  "attachment by the BTF id of a security hook": "セキュリティフックの BTF ID を指定するアタッチ",
  "a kernel interface given by BTF": "BTF で示されるカーネルのインタフェースの実装",
  "replacing a function of another loaded program": "ロード済みの別のプログラムの関数の置き換え",
  "calls of kernel functions": "カーネル関数 (kfunc) の呼び出し",
  "kernel functions": "カーネル関数 (kfunc) の呼び出し",
  "addresses of kernel variables": "カーネルの変数のアドレス",
  "access to kernel structures through BTF": "BTF を使ったカーネル構造体へのアクセス",
  "kernel structures as parameters": "引数としてのカーネル構造体",
  "kernel pointers in maps": "マップの中のカーネルのポインタ (kptr)",
  "pointers to kernel structures that a map names": "マップが指すカーネル構造体へのポインタ",
  "per-CPU variables of the kernel through BTF": "BTF を使ったカーネルの per-CPU 変数",
  "allocated objects, which need BTF": "BTF の要る、確保したオブジェクト",
  "locks in allocated objects, which need BTF": "BTF の要る、確保したオブジェクトの中のロック",
  "a context that BTF has no name for": "BTF に名前のないコンテキスト",
  "dynptr parameters of functions": "関数の引数としての dynptr",
  "untrusted memory as parameters": "引数としての信頼されないメモリ",
  "arena pointers": "アリーナのポインタ",
  arenas: "アリーナ",
};
