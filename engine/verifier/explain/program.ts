// Rules on the program as a whole: its paths, its length, its instructions. See rules.ts.
import type { Rules } from "./rule.ts";

export const PROGRAM = {
  "no-exit": {
    en: {
      rule: "A program must not run past its end.",
      why: "The last instruction is neither exit nor a jump, so execution would go on into whatever follows.",
      help: "End with R0 set and BPF_EXIT_INSN().",
    },
    ja: {
      rule: "プログラムは末尾を越えて実行されてはなりません。",
      why: "最後の命令が exit でもジャンプでもないので、その先へ実行が進んでしまいます。",
      help: "R0 を設定し、BPF_EXIT_INSN() で終えてください。",
    },
  },
  "jump-range": {
    en: {
      rule: "A jump must lead to an instruction of the same function.",
      why: "The target {to} lies outside. A jump's distance counts from the instruction after it.",
      help: "Count again, or use a label and let the assembler count.",
    },
    ja: {
      rule: "ジャンプ先は同じ関数の中の命令でなければなりません。",
      why: "飛び先 {to} は範囲外です。距離は、ジャンプの次の命令から数えます。",
      help: "数え直すか、ラベルを使ってアセンブラに数えさせてください。",
    },
  },
  "jump-into-imm64": {
    en: {
      rule: "A 64-bit immediate load takes two slots that belong together.",
      why: "A jump to the second, a missing or a changed second slot would run half an instruction.",
      help: "Remember that BPF_LD_IMM64 and BPF_LD_MAP_FD count twice in jump distances; labels do it for you.",
    },
    ja: {
      rule: "64 ビット即値のロードは二つで一組のスロットを使います。",
      why: "二つ目への飛び込みや、二つ目の欠落・改変は、命令の半分だけを実行することになります。",
      help: "BPF_LD_IMM64 や BPF_LD_MAP_FD はジャンプ距離で 2 と数えます。ラベルを使えば自動です。",
    },
  },
  unreachable: {
    en: {
      rule: "Every instruction must be reachable.",
      why: "No path leads to instruction {insn}; such code is a sign of a mistake, and a place to hide things.",
      help: "Remove it, or repair the jump that should lead there.",
    },
    ja: {
      rule: "すべての命令に到達できなければなりません。",
      why: "命令 {insn} に至る経路がありません。間違いの兆候であり、何かを隠す場所にもなります。",
      help: "削除するか、そこへ飛ぶはずのジャンプを直してください。",
    },
  },
  "infinite-loop": {
    en: {
      rule: "A loop must come to an end that the verifier can see.",
      why: "It came to the same instruction with the same state, so the next turn would be like this one, for ever.",
      help: "Count with a register that changes in each turn and is compared with a constant; or use bpf_loop or may_goto.",
    },
    ja: {
      rule: "ループは、終わることが verifier に見えなければなりません。",
      why: "同じ命令に同じ状態で戻ってきたので、次の周回も同じになり、永久に終わりません。",
      help: "周回ごとに変わり定数と比較されるカウンタを使うか、bpf_loop や may_goto を使ってください。",
    },
  },
  "too-complex": {
    en: {
      rule: "The verifier walks at most one million instructions, over all paths together, and puts at most 8192 branches aside.",
      why: "This program has more ways through it than that.",
      help: "Make loops shorter or use bpf_loop; let paths meet with equal states, so that one covers the other.",
    },
    ja: {
      rule: "verifier が歩く命令はすべての経路を合わせて 100 万まで、後回しにする分岐は 8192 までです。",
      why: "このプログラムの経路はそれより多くなります。",
      help: "ループを短くするか bpf_loop を使い、経路が同じ状態で合流するようにしてください。",
    },
  },
  "stack-depth": {
    en: {
      rule: "A program has 512 bytes of stack for all its nested calls together, and at most 8 of them.",
      why: "This chain of calls needs more.",
      help: "Use less stack in the functions (each is rounded up), or fewer levels of calls.",
    },
    ja: {
      rule: "スタックは入れ子の呼び出し全体で 512 バイト、呼び出しは 8 段までです。",
      why: "この呼び出しの連なりはそれを越えます。",
      help: "各関数のスタック使用量 (切り上げられます) を減らすか、呼び出しの段数を減らしてください。",
    },
  },
  "exception-callback": {
    en: {
      rule: "What runs where a program throws takes the thrown number, and nothing else calls it.",
      why: "Its frame replaces those of the program, so it cannot be a function among them.",
      help: "Give it one parameter of type u64, and move what others call into a function of its own.",
    },
    ja: {
      rule: "例外のときに動く関数は、投げられた数を 1 つ受け取ります。ほかから呼ぶことはできません。",
      why: "そのフレームはプログラムのフレームと入れ替わるので、その中の関数にはなれません。",
      help: "u64 の引数を 1 つにして、ほかから呼ぶ処理は別の関数に移してください。",
    },
  },
  "reserved-fields": {
    en: {
      rule: "Fields that an instruction does not use must be zero.",
      why: "They are kept for later kernels; {insn} has a value in one.",
      help: "Use the macro for the instruction instead of BPF_RAW_INSN, or set the field to 0.",
    },
    ja: {
      rule: "命令が使わないフィールドは 0 でなければなりません。",
      why: "将来のカーネルのために予約されています。{insn} の未使用フィールドに値があります。",
      help: "BPF_RAW_INSN ではなく専用のマクロを使うか、そのフィールドを 0 にしてください。",
    },
  },
  "unknown-opcode": {
    en: {
      rule: "The instruction must exist.",
      why: "These bytes are no instruction of Linux 6.18.",
      help: "Compare the bytes with the table of instructions; BPF_RAW_INSN checks nothing.",
    },
    ja: {
      rule: "命令は存在するものでなければなりません。",
      why: "このバイト列は Linux 6.18 の命令ではありません。",
      help: "命令表と見比べてください。BPF_RAW_INSN は何も検査しません。",
    },
  },
  "may-goto": {
    en: {
      rule: "may_goto has an offset and nothing else: imm, the registers and everything unused is 0.",
      why: "Fields that mean nothing today may mean something tomorrow; imm is {imm} here.",
      help: "Write BPF_JMP_A-like may_goto with imm 0.",
    },
    ja: {
      rule: "may_goto が使うのはオフセットだけで、imm やレジスタなど他のフィールドは 0 でなければなりません。",
      why: "今は意味のないフィールドにも将来意味が付くかもしれません。ここでは imm が {imm} です。",
      help: "imm を 0 にしてください。",
    },
  },
  "too-many-functions": {
    en: {
      rule: "A program has at most 256 functions.",
      why: "The verifier keeps a table of that size.",
      help: "Join functions, or split the program and go on with a tail call.",
    },
    ja: {
      rule: "1 つのプログラムの関数は 256 個までです。",
      why: "verifier の表の大きさがそこまでだからです。",
      help: "関数をまとめるか、プログラムを分けて tail call でつないでください。",
    },
  },
  "map-create": {
    en: {
      rule: "Before the program the maps it uses are made, and each type of map has its own rules for sizes and flags.",
      why: "BPF_MAP_CREATE refused the map {map}: {errno}. The verifier was not asked.",
      help: "Check key size, value size, number of elements and flags: an array has keys of 4 bytes, a ring buffer no key and no value and a power of two of bytes. A name has at most 15 letters, digits, dots and underscores.",
    },
    ja: {
      rule: "プログラムより先に、使うマップが作られます。サイズやフラグの規則はマップの種類ごとに決まっています。",
      why: "マップ {map} の作成 (BPF_MAP_CREATE) が拒否されました: {errno}。verifier はまだ呼ばれていません。",
      help: "キーと値のサイズ、要素数、フラグを確認してください。array のキーは 4 バイト、リングバッファはキーも値もなく、大きさは 2 の累乗です。名前は英数字と「.」「_」で 15 文字までです。",
    },
  },
  "map-update": {
    en: {
      rule: "Before the program its maps are filled, and each type of map has its own rules for keys and values.",
      why: "BPF_MAP_UPDATE_ELEM refused the key {key} of map {map}: {errno}. The verifier was not asked.",
      help: "An array of n entries has the keys 0 to n-1; a hash table takes no more elements than it has entries; a map of programs or maps takes file descriptors of those.",
    },
    ja: {
      rule: "プログラムより先に、マップに値が入れられます。キーと値の規則はマップの種類ごとに決まっています。",
      why: "マップ {map} のキー {key} への書き込み (BPF_MAP_UPDATE_ELEM) が拒否されました: {errno}。verifier はまだ呼ばれていません。",
      help: "要素数 n の array のキーは 0 から n-1 までです。hash には要素数より多くは入りません。プログラムやマップを入れるマップには、それらのファイルディスクリプタを入れます。",
    },
  },
  "program-size": {
    en: {
      rule: "A program has 1 to 1,000,000 instructions.",
      why: "BPF_PROG_LOAD counts before it looks at any of them.",
      help: "Write at least an exit; split what is larger and go on with a tail call.",
    },
    ja: {
      rule: "プログラムの長さは 1 命令から 1,000,000 命令までです。",
      why: "BPF_PROG_LOAD は中身を見る前に数を調べます。",
      help: "少なくとも exit を書いてください。大きすぎる場合は分割し、tail call でつなぎます。",
    },
  },
  "load-attributes": {
    en: {
      rule: "BPF_PROG_LOAD takes program type, attach type, flags and license together, and they must fit each other.",
      why: "The call was refused before the verifier looked at the program, so there is no log.",
      help: "Check that the kernel has this program type (the steps of the recipe), and that attach type and flags are ones it takes.",
    },
    ja: {
      rule: "BPF_PROG_LOAD に渡すプログラムタイプ、アタッチタイプ、フラグ、ライセンスは、互いに合っていなければなりません。",
      why: "verifier がプログラムを見る前に拒否されたので、ログはありません。",
      help: "カーネルにこのプログラムタイプがあるか (手順のステップ)、アタッチタイプとフラグが許されるものかを確認してください。",
    },
  },
  "log-full": {
    en: {
      rule: "The log must fit into the buffer that the loader gave; a log that does not refuses the program (ENOSPC).",
      why: "The buffer keeps the end of the log only, and the loader is told so.",
      help: "Ask for a lower log level, or give a larger buffer.",
    },
    ja: {
      rule: "ログは、ローダが渡したバッファに収まらなければなりません。収まらないとプログラムは拒否されます (ENOSPC)。",
      why: "バッファに残るのはログの終わりだけなので、そのことがローダに伝えられます。",
      help: "ログレベルを下げるか、大きなバッファを渡してください。",
    },
  },
  "verifier-bug": {
    en: {
      rule: "What the verifier knows must not contradict itself.",
      why: "It found a contradiction of its own here and gives up. The program may be right.",
      help: "Write this part of the program in another way, and report it.",
    },
    ja: {
      rule: "verifier の知識に矛盾があってはなりません。",
      why: "ここで verifier 自身の矛盾が見つかり、検証をやめました。プログラムは正しいかもしれません。",
      help: "この部分を別の書き方にして、報告してください。",
    },
  },
} as const satisfies Rules;
