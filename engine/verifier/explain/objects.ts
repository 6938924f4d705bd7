// Rules on objects that the kernel keeps for a program: dynptrs, timers, kernel pointers in maps, BTF. See rules.ts.
import type { Rules } from "./rule.ts";

export const OBJECTS = {
  "dynptr-uninitialized": {
    en: {
      rule: "A helper that works on a dynptr takes one that was made before, of the kind it asks for.",
      why: "A dynptr is 16 bytes that only the kernel writes: start, size and kind. Anything else there could be a forged pointer.",
      help: "Make it with bpf_dynptr_from_mem, bpf_ringbuf_reserve_dynptr and the like, check that this worked, and pass the address of its 16 bytes on the stack.",
    },
    ja: {
      rule: "dynptr を扱うヘルパーには、作成済みで種類の合う dynptr を渡さなければなりません。",
      why: "dynptr はカーネルだけが書く 16 バイト (先頭・サイズ・種類) です。それ以外の値は偽造ポインタになりえます。",
      help: "bpf_dynptr_from_mem や bpf_ringbuf_reserve_dynptr などで作り、成功を確かめてから、スタック上の 16 バイトのアドレスを渡してください。",
    },
  },
  "dynptr-occupied": {
    en: {
      rule: "A helper that makes a dynptr needs 16 bytes of stack in which none lives yet.",
      why: "Writing over one would forget what it holds, a reservation in a ring buffer for instance.",
      help: "Release the first one (submit, discard) or use another place: 16 bytes, aligned to 8, written as a whole.",
    },
    ja: {
      rule: "dynptr を作るヘルパーには、まだ dynptr のない 16 バイトのスタックが必要です。",
      why: "上書きすると、リングバッファの予約など、保持しているものが失われます。",
      help: "先に解放する (submit、discard) か、8 バイト境界の別の 16 バイトを使ってください。",
    },
  },
  "dynptr-overwritten": {
    en: {
      rule: "The bytes of a living dynptr belong to the kernel: the program may not write them.",
      why: "Its size and start must stay true until it is released, or the reference it holds would be lost.",
      help: "Submit or discard it first, and keep other variables away from its 16 bytes; writes at an offset that is not constant may reach it as well.",
    },
    ja: {
      rule: "生きている dynptr のバイトはカーネルのもので、プログラムは書き込めません。",
      why: "解放されるまで先頭とサイズが正しくなければならず、保持している参照も失われるためです。",
      help: "先に submit か discard し、その 16 バイトを他の変数と重ねないでください。オフセットが定数でない書き込みも届くことがあります。",
    },
  },
  "dynptr-place": {
    en: {
      rule: "A dynptr lies whole at a constant, aligned place of the stack; the memory it is made from is a map value.",
      why: "The verifier tracks it by its stack slots, and memory behind it must live as long as it does.",
      help: "Pass r10 plus a constant multiple of -8 for the dynptr, and a map value for its data.",
    },
    ja: {
      rule: "dynptr はスタックの一定の整列した位置に全体を置き、元になるメモリはマップの値でなければなりません。",
      why: "verifier は dynptr をスタックスロットで追跡し、背後のメモリには同じ寿命が必要だからです。",
      help: "dynptr には r10 ＋ -8 の定数倍を、データにはマップの値を渡してください。",
    },
  },
  "timer-map": {
    en: {
      rule: "A timer is started with the map it lies in, at the offset that the map's BTF announces.",
      why: "The map keeps the timer alive and cancels it when it goes; another one would not know of it.",
      help: "Give bpf_timer_init the map that the value was looked up in, and the timer's own address without arithmetic.",
    },
    ja: {
      rule: "タイマーは、それが置かれているマップと、BTF が示すオフセットで使わなければなりません。",
      why: "タイマーの寿命を管理し、消えるときに取り消すのはそのマップだからです。",
      help: "bpf_timer_init には、値を lookup したマップと、計算を加えないタイマーのアドレスを渡してください。",
    },
  },
  "map-needs-btf": {
    en: {
      rule: "{what} works on a field that the map's BTF describes.",
      why: "Without BTF the kernel does not know where in the value of '{map}' such a field lies, and could not keep programs from writing over it.",
      help: "Create the map with BTF for its value; a C program with libbpf does that by itself.",
    },
    ja: {
      rule: "{what} は、マップの BTF が示すフィールドに対してだけ使えます。",
      why: "BTF がないと、'{map}' の値のどこにそのフィールドがあるかカーネルにわからず、上書きも防げません。",
      help: "値の BTF を付けてマップを作ってください。C と libbpf なら自動で付きます。",
    },
  },
  "special-field": {
    en: {
      rule: "Fields of a map value that belong to the kernel (locks, timers, kernel pointers) are reached only by their own helpers, kernel pointers also by whole 8-byte loads.",
      why: "A program that wrote them could forge a lock or a pointer into the kernel.",
      help: "Keep loads, stores and buffers away from the field's bytes.",
    },
    ja: {
      rule: "マップの値の中でカーネルが管理するフィールド (ロック、タイマー、カーネルポインタ) には、専用のヘルパーでしか触れません。カーネルポインタは 8 バイトのロードも可能です。",
      why: "プログラムが書き換えられると、ロックやカーネル内ポインタを偽造できてしまいます。",
      help: "そのバイトにかかるロード、ストア、バッファを避けてください。",
    },
  },
  "function-info": {
    en: {
      rule: "Callbacks, and functions that tail-call, need the program's BTF with a record for each function (func_info).",
      why: "From it the kernel learns which address is a function and what it takes.",
      help: "A compiler writes it; here a program with callbacks is loaded with function information, see the program's settings.",
    },
    ja: {
      rule: "コールバックと、tail call を行う関数には、関数ごとの情報 (func_info) を含む BTF が必要です。",
      why: "どのアドレスが関数で、何を受け取るかを、カーネルはそこから知ります。",
      help: "通常はコンパイラが書き込みます。このページではプログラムの設定で関数情報を付けて読み込みます。",
    },
  },
  sleepable: {
    en: {
      rule: "Whether a program may sleep (BPF_F_SLEEPABLE) is decided by where it is attached, and so is which maps it may use.",
      why: "Most hooks run where the kernel must not wait; and maps that are freed while nobody is inside a program would be pulled from under one that sleeps.",
      help: "Leave BPF_F_SLEEPABLE out of prog_flags, or choose a type that can sleep; a syscall program must have the flag.",
    },
    ja: {
      rule: "スリープできるか (BPF_F_SLEEPABLE) はアタッチ先で決まり、使えるマップもそれで決まります。",
      why: "多くのフックは待つことのできない場所で動きます。またスリープ中に解放されうるマップもあります。",
      help: "prog_flags から BPF_F_SLEEPABLE を外すか、スリープできるタイプを選んでください。syscall タイプには必須です。",
    },
  },
  "address-space": {
    en: {
      rule: "addr_space_cast turns a pointer between the arena's address space (1) and the usual one (0), in a program that has an arena.",
      why: "Only for these two does the kernel know the base to add.",
      help: "Load an arena map first, and write imm = 1<<16 or 1. Arenas are not simulated here.",
    },
    ja: {
      rule: "addr_space_cast は、arena を持つプログラムで、アドレス空間 1 (arena) と 0 の間の変換にだけ使えます。",
      why: "カーネルが加えるべき基準アドレスを知っているのは、この 2 つだけです。",
      help: "先に arena マップを使い、imm は 1<<16 か 1 にします。このページは arena を再現しません。",
    },
  },
  "readonly-string": {
    en: {
      rule: "A format string is handed over in a map that neither program nor user space can change any more.",
      why: "The verifier reads it once, at load; it must be the same when the program runs.",
      help: "Keep it in a frozen array map created with BPF_F_RDONLY_PROG; compilers put it into .rodata.",
    },
    ja: {
      rule: "書式文字列は、プログラムからもユーザ空間からも変更できないマップに置いて渡します。",
      why: "verifier は読み込み時に一度だけ内容を調べるので、実行時も同じでなければなりません。",
      help: "BPF_F_RDONLY_PROG で作って freeze した array マップに置いてください。コンパイラなら .rodata に入れます。",
    },
  },
  "btf-object": {
    en: {
      rule: "What names a function, variable or struct of the kernel does so by its id in the kernel's BTF, and is used as BTF describes it.",
      why: "The kernel looks the type up and allows what its description allows, usually reading only.",
      help: "A loader resolves such ids for the kernel it runs on. Kernel BTF is not simulated here.",
    },
    ja: {
      rule: "カーネルの関数・変数・構造体は、カーネルの BTF の ID で指定し、その記述どおりに使わなければなりません。",
      why: "カーネルは型を調べ、記述が許すこと (多くは読み出しだけ) を認めます。",
      help: "ID はローダが動作中のカーネルに合わせて解決します。このページはカーネルの BTF を再現しません。",
    },
  },
  "format-string": {
    en: {
      rule: "A format string ends with a zero byte, and its conversions are ones that the kernel knows, with as many arguments as there are.",
      why: "The verifier reads the string at load, so that nothing can go wrong with it when the program runs.",
      help: "Compare the conversions with those of bpf_trace_printk, and give 8 bytes for each argument.",
    },
    ja: {
      rule: "書式文字列は 0 のバイトで終わり、変換指定はカーネルが知るもので、引数の数とも合っていなければなりません。",
      why: "実行時に問題が起きないよう、verifier は読み込み時に文字列を調べます。",
      help: "変換指定を bpf_trace_printk のものと見比べ、引数ごとに 8 バイトを渡してください。",
    },
  },
  "constant-map": {
    en: {
      rule: "A load at a known offset of a constant map (read-only for programs, and frozen) is done while the program is loaded, in an array of one value.",
      why: "The verifier takes the bytes from the map, and this map cannot give them.",
      help: "Use an array with max_entries 1 and an offset inside its value.",
    },
    ja: {
      rule: "定数マップ (プログラムから読み出し専用で freeze 済み) の既知のオフセットからのロードは、要素数 1 の array なら読み込み時に行われます。",
      why: "verifier はマップからバイト列を取り出しますが、このマップからは取り出せません。",
      help: "max_entries 1 の array と、値の内側のオフセットを使ってください。",
    },
  },
} as const satisfies Rules;
