// The talk as lessons: a few sentences beside a live program. What the talk leaves out (errors, verification) comes last.
// Source: "eBPFを使ったオレオレカーネル拡張入門", Kernel/VM探検隊@東京 No16, 2023-07-22.
import type { MapInput } from "../../engine/index.ts";

interface Both<T> {
  readonly en: T;
  readonly ja: T;
}

export interface Lesson {
  /** First and last slide it follows; absent where the talk stops short of it. */
  readonly slides?: readonly [number, number];
  readonly title: Both<string>;
  readonly text: Both<readonly string[]>;
  /** Something to do, as one sentence. */
  readonly task: Both<string>;
  readonly source: string;
  readonly input: string;
}

const PLUS42 = `// R0 = *(u32 *)(R1 + 0)
BPF_LDX_MEM(BPF_W, BPF_REG_0, BPF_REG_1, 0),
// R0 += 42
BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),
// return R0
BPF_EXIT_INSN(),
`;

export const LESSONS: readonly Lesson[] = [
  {
    slides: [2, 3],
    title: { en: "A machine inside the kernel", ja: "カーネルの中の VM" },
    text: {
      en: [
        "eBPF is a virtual machine inside the Linux kernel. A program is checked before it may run, and it runs when an event that it is hooked to happens.",
        "Eleven registers of 64 bits, 512 bytes of stack. R1 comes in with the context, R0 goes out with the answer.",
      ],
      ja: [
        "eBPF は Linux カーネルの中で動く VM です。プログラムは実行前に検証され、フックしたイベントが起きたときに実行されます。",
        "64 ビットのレジスタが 11 本、スタックが 512 バイト。R1 でコンテキストを受け取り、R0 で答えを返します。",
      ],
    },
    task: {
      en: "Step through the three instructions and watch R0. Which step turns 10 into 52?",
      ja: "3 つの命令を 1 つずつ進めて、R0 を見てください。10 が 52 になるのはどのステップでしょう。",
    },
    source: PLUS42,
    input: "10",
  },
  {
    slides: [17, 24],
    title: { en: "A program type of your own", ja: "オレオレ Program Type" },
    text: {
      en: [
        "BPF_PROG_TYPE(BPF_PROG_OREORE, bpf_oreore, __u32, u32) makes a new type. Its is_valid_access() says what of the context a program may read: four bytes at offset 0, nothing else.",
        "The program here reads four bytes further on. The verifier asks the program type, and the program type says no.",
      ],
      ja: [
        "BPF_PROG_TYPE(BPF_PROG_OREORE, bpf_oreore, __u32, u32) で新しいタイプを作ります。コンテキストのどこを読んでよいかは is_valid_access() が決めます。ここではオフセット 0 からの 4 バイトだけです。",
        "このプログラムは 4 バイト先を読もうとしています。verifier がプログラムタイプに尋ね、プログラムタイプが断ります。",
      ],
    },
    task: {
      en: "Read the message on the marked line, then change one number so that the program is accepted.",
      ja: "印のついた行のメッセージを読み、数を 1 つだけ変えて、受理されるようにしてください。",
    },
    source: PLUS42.replace("BPF_REG_1, 0)", "BPF_REG_1, 4)").replace("R1 + 0", "R1 + 4"),
    input: "10",
  },
  {
    slides: [25, 32],
    title: { en: "Somewhere to attach it", ja: "アタッチする場所を用意する" },
    text: {
      en: [
        "Loading gives a file descriptor; the program sleeps in the kernel. BPF_OREORE_ATTACH hangs it into the one place that this toy has: the pointer oreore_prog.",
        "Detaching sets that pointer back to NULL. The loaded program stays.",
      ],
      ja: [
        "ロードするとファイルディスクリプタが返り、プログラムはカーネルの中で待ちます。BPF_OREORE_ATTACH は、このおもちゃにただ 1 つある場所、ポインタ oreore_prog にプログラムを置きます。",
        "デタッチするとポインタは NULL に戻ります。ロードしたプログラムは残ります。",
      ],
    },
    task: {
      en: "Attach before loading and read the errno. Then do it in the right order.",
      ja: "ロードせずにアタッチして errno を見てください。そのあと、正しい順番でやり直してください。",
    },
    source: PLUS42,
    input: "10",
  },
  {
    slides: [33, 36],
    title: { en: "The event: a write to sysfs", ja: "イベント: sysfs への書き込み" },
    text: {
      en: [
        "A small module makes the file /sys/oreore/bpf. Its store function turns the text into a u32 and calls bpf_prog_run(prog, &value); its show function prints the last answer.",
        "With nothing attached there is nothing to run, and the write says so.",
      ],
      ja: [
        "小さなカーネルモジュールが /sys/oreore/bpf を作ります。store 関数は文字列を u32 に変えて bpf_prog_run(prog, &value) を呼び、show 関数は最後の答えを表示します。",
        "何もアタッチされていなければ、実行するものがありません。書き込みはそう答えます。",
      ],
    },
    task: {
      en: "Write 10 with nothing attached. Then load, attach, write again and cat.",
      ja: "何もアタッチせずに 10 を書き込んでください。次にロードとアタッチをして、もう一度書き込み、cat してください。",
    },
    source: PLUS42,
    input: "10",
  },
  {
    slides: [37, 43],
    title: { en: "Instructions by sheer will", ja: "命令を「気合い」で錬成する" },
    text: {
      en: [
        "No compiler: three macros of include/linux/filter.h, each one struct bpf_insn of eight bytes. The columns beside the editor show the bytes and what the kernel reads in them.",
        "BPF_ALU32_IMM computes in 32 bits and clears the upper half of the register.",
      ],
      ja: [
        "コンパイラは使いません。include/linux/filter.h のマクロ 3 つ、それぞれが 8 バイトの struct bpf_insn です。エディタの横に、バイト列と、カーネルがそれをどう読むかが並びます。",
        "BPF_ALU32_IMM は 32 ビットで計算し、レジスタの上位 32 ビットを 0 にします。",
      ],
    },
    task: {
      en: "Change the program so that 10 gives 420. Run the whole demo with one key.",
      ja: "10 を書き込むと 420 が返るように変えて、キー 1 つでデモ全体を動かしてください。",
    },
    source: PLUS42,
    input: "10",
  },
  {
    title: { en: "What the verifier asks first", ja: "verifier が最初に問うこと" },
    text: {
      en: [
        "The talk leaves verification out; the kernel does not. A register that was never set may hold anything, an address of the kernel as well, so it must not be read.",
        "R1 and R10 are set when the program starts. Everything else is yours to set.",
      ],
      ja: [
        "発表では検証の話を省きましたが、カーネルは省きません。一度も書かれていないレジスタには何が入っているか分かりません。カーネルのアドレスかもしれないので、読んではいけません。",
        "プログラムの開始時に値があるのは R1 と R10 だけです。ほかのレジスタは自分で書きます。",
      ],
    },
    task: {
      en: "Make the program return 42 whatever is written.",
      ja: "何を書き込んでも 42 を返すプログラムにしてください。",
    },
    source: `// R2 was never set
BPF_MOV64_REG(BPF_REG_0, BPF_REG_2),
BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 42),
BPF_EXIT_INSN(),
`,
    input: "10",
  },
  {
    title: { en: "What a write can answer", ja: "書き込みが返すもの" },
    text: {
      en: [
        "The module reads the text with kstrtou32(buf, 0, &v): decimal, 0x for hex, a leading 0 for octal, one newline at the end. The program never sees what is no number.",
        "4294967295 is the largest u32. Adding 42 wraps around in 32 bits.",
      ],
      ja: [
        "モジュールは kstrtou32(buf, 0, &v) で文字列を読みます。10 進、0x で始まる 16 進、0 で始まる 8 進、末尾の改行 1 つまでです。数でないものはプログラムに届きません。",
        "4294967295 が u32 の最大値です。42 を足すと 32 ビットで一周します。",
      ],
    },
    task: {
      en: "Predict, then try: abc, 0x10, 010, 4294967295, 4294967296, -1.",
      ja: "予想してから試してください: abc、0x10、010、4294967295、4294967296、-1。",
    },
    source: PLUS42,
    input: "0x10",
  },
];

/** What lesson `number` (from 1) opens; undefined where there is no such lesson. */
export function lessonProgram(number: number):
  | {
      readonly title: Both<string>;
      readonly source: string;
      readonly progType: string;
      readonly maps: readonly MapInput[];
      readonly input: string;
    }
  | undefined {
  const lesson = LESSONS[number - 1];
  return lesson && { title: lesson.title, source: lesson.source, progType: "oreore", maps: [], input: lesson.input };
}
