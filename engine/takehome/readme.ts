// The take-home's README, in both languages.
import type { KernelDefinition } from "../kernel/definition.ts";
import { namesOf } from "./names.ts";

export type Language = "en" | "ja";

export function readme(definition: KernelDefinition, language: Language): string {
  const names = namesOf(definition);
  const { path } = definition.attribute;
  const files = [
    ["patches/0001-prog-type.patch", "1", names.progType],
    ["patches/0002-attach-type.patch", "2", names.attachType],
    [`module/${names.lower}_module.c`, "3", path],
    ["loader.c, loader-libbpf.c", "4", "bpf(2), libbpf"],
  ];
  if (language === "ja") {
    return `# ${names.progType}: 自分だけの eBPF プログラムタイプ

Linux 6.1 (Debian の linux-source-6.1) に当てるパッチと、モジュール、ローダーの一式です。
\`${path}\` に数値を書き込むとアタッチ済みのプログラムが実行され、読み出すと結果が得られます。
西村啓佑 (Keisuke Nishimura) 氏の「eBPFを使ったオレオレカーネル拡張入門」(Kernel/VM探検隊@東京 No16、2023年) の四つの手順に沿っています。

| ファイル | 手順 | 内容 |
|---|---|---|
${files.map((row) => `| ${row.join(" | ")} |`).join("\n")}
| kernel.config | | 数分でビルドできる最小構成 |
| try.sh | | パッチ、ビルド、QEMU での起動、デモまでを行います |

## 試す
Debian か Ubuntu で、root で:

    ./try.sh

最後にプログラムの結果が表示されて終了します。\`./try.sh shell\` ならシェルが開きます。

## 手で行う場合
    tar xf /usr/src/linux-source-6.1.tar.xz && cd linux-source-6.1
    for p in ../patches/*.patch; do patch -p1 < $p; done
    # いつもの設定でビルドし、そのカーネルで起動してから
    make -C module KDIR=$PWD && insmod module/${names.lower}_module.ko
    make loader && ./loader
    echo 10 > ${path}; cat ${path}

番号 ${definition.type.id} (プログラムタイプ) と ${definition.type.attach.id} (アタッチタイプ) は 6.1 の次の空き番号です。新しいカーネルでは別の意味を持ちます。
ライセンスは GPL-2.0-only です。
`;
  }
  return `# ${names.progType}: an eBPF program type of your own

Patches for Linux 6.1 (Debian's linux-source-6.1), a module and a loader. A number written to \`${path}\`
runs the attached program; reading the file gives its result. They follow the four steps of Keisuke Nishimura's talk
on extending the kernel with eBPF (Kernel/VM Tankentai @ Tokyo No16, 2023).

| file | step | what |
|---|---|---|
${files.map((row) => `| ${row.join(" | ")} |`).join("\n")}
| kernel.config | | the smallest configuration, built in minutes |
| try.sh | | patches, builds, boots in QEMU and runs the demo |

## Try it
On Debian or Ubuntu, as root:

    ./try.sh

It prints the program's result and powers off. \`./try.sh shell\` gives a shell.

## By hand
    tar xf /usr/src/linux-source-6.1.tar.xz && cd linux-source-6.1
    for p in ../patches/*.patch; do patch -p1 < $p; done
    # build with your configuration, boot that kernel, then
    make -C module KDIR=$PWD && insmod module/${names.lower}_module.ko
    make loader && ./loader
    echo 10 > ${path}; cat ${path}

The numbers ${definition.type.id} (program type) and ${definition.type.attach.id} (attach type) are the next free ones of 6.1; newer kernels use them for other
things. Licence: GPL-2.0-only.
`;
}
