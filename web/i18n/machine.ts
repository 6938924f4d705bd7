// Words of the machine's pane. Not in the dictionary, because the pane loads after the shell.

import { type Language, type NumberBase, useSettings } from "../stores/page/settings.ts";
import type { RunOrigin } from "../stores/run/machine.ts";
import type { NowhereReason } from "../stores/run/travel.ts";
import { formatNumber, plural } from "./numbers.ts";

/** Rounds to two digits: a measurement is not more exact. */
const rough = (value: number): number => Number(value.toPrecision(2));

/** `5,000`, `1 M`, `1 G`. */
const amount = (value: number): string =>
  value >= 1e9
    ? `${formatNumber(value / 1e9)} G`
    : value >= 1e6
      ? `${formatNumber(value / 1e6)} M`
      : formatNumber(value);

const UNITS = [
  ["s", 1e9],
  ["ms", 1e6],
  ["µs", 1e3],
  ["ns", 1],
] as const;

function duration(ns: number): string {
  const [unit, size] = UNITS.find(([, least]) => ns >= least * 0.9995) ?? (["ns", 1] as const);
  const value = ns / size;
  return `${formatNumber(Number(value.toPrecision(value < 100 ? 2 : 3)))} ${unit}`;
}

export interface MachineTexts {
  readonly views: string;
  readonly view: Readonly<Record<"registers" | "maps" | "packet" | "event" | "output" | "speed", string>>;
  readonly registers: string;
  readonly stack: string;
  readonly memory: string;
  readonly base: Readonly<Record<NumberBase, string>>;
  readonly baseLabel: string;
  readonly step: string;
  readonly stepBack: string;
  readonly reset: string;
  readonly runToEnd: string;
  readonly timeline: string;
  readonly goTo: string;
  readonly of: (length: number) => string;
  readonly at: (step: number, length: number) => string;
  readonly next: string;
  readonly ended: string;
  readonly returned: (value: string) => string;
  readonly fault: string;
  readonly faultAccess: (size: number, write: boolean, address: string) => string;
  readonly nearest: (name: string, from: string, to: string) => string;
  readonly before: (bytes: bigint) => string;
  readonly beyond: (bytes: bigint) => string;
  readonly nullPointer: string;
  readonly noMemory: string;
  readonly budget: (steps: number) => string;
  readonly origin: Readonly<Record<RunOrigin, (input: string) => string>>;
  readonly read: string;
  readonly written: string;
  readonly unknown: string;
  readonly belief: string;
  readonly becomes: string;
  readonly legend: { readonly written: string; readonly read: string; readonly unknown: string };
  readonly frame: (depth: number) => string;
  readonly outermost: string;
  readonly callback: string;
  readonly frameAt: (slot: number) => string;
  readonly callsAt: (slot: number) => string;
  readonly kept: string;
  readonly noStack: string;
  readonly empty: Readonly<Record<"error" | "reject" | "refusedCall" | "none" | "waiting", string>>;
  readonly runAnyway: string;
  readonly simulated: string;
  readonly noRun: string;
  readonly announce: (step: number, length: number, next: string, said: string) => string;
  readonly roles: readonly string[];
  readonly value: {
    readonly menu: (name: string) => string;
    readonly lastWrite: string;
    readonly lastWriteOf: (name: string) => string;
    readonly nextChange: string;
    readonly watch: string;
    readonly unwatch: string;
    readonly copy: string;
    readonly show: string;
    readonly asSetting: string;
  };
  readonly stops: {
    readonly title: string;
    readonly on: string;
    readonly back: string;
    readonly cursor: string;
    readonly line: (line: number) => string;
    readonly noInsn: string;
    readonly when: string;
    readonly whenExample: string;
    readonly watching: (name: string) => string;
    readonly remove: (name: string) => string;
    readonly atLine: (line: number) => string;
    readonly atWatched: (name: string) => string;
    readonly nowhere: Readonly<Record<Exclude<NowhereReason, "">, string>>;
  };
  readonly play: {
    readonly play: string;
    readonly pause: string;
    readonly more: string;
    readonly speed: string;
    /** The speed at which each step is drawn for one frame. */
    readonly frame: string;
    readonly until: string;
    readonly register: string;
    readonly onTo: (name: string) => string;
    readonly backTo: (name: string) => string;
    readonly on: string;
    readonly back: string;
  };
  readonly environment: {
    readonly seed: string;
    readonly newSeed: string;
    readonly cpu: string;
    readonly about: string;
  };
  readonly motion: string;
  readonly maps: {
    readonly key: string;
    readonly value: string;
    readonly cpu: (cpu: number) => string;
    readonly size: (type: string, key: number, value: number) => string;
    readonly filled: (count: number, most: number) => string;
    readonly format: (name: string) => string;
    readonly formats: Readonly<Record<"hex" | "number" | "text" | "fields", string>>;
    readonly fields: string;
    readonly fieldsExample: string;
    readonly none: string;
    readonly noneHint: string;
    readonly emptyMap: string;
    readonly bloom: string;
    readonly queue: string;
    readonly stack: string;
    readonly ring: string;
    readonly perf: string;
    readonly new: string;
    readonly gone: string;
    readonly before: string;
    readonly now: string;
    readonly when: string;
    readonly initial: string;
    readonly editing: string;
    readonly add: string;
    readonly push: string;
    readonly set: string;
    readonly delete: (key: string) => string;
    readonly edit: (key: string) => string;
    readonly cancel: string;
    readonly wrong: (what: string, size: number) => string;
    readonly byRun: string;
    /** Words before line numbers: where the program declares the map, and where it loads it. */
    readonly declared: string;
    readonly used: string;
    readonly line: (n: number) => string;
    /** The map is not declared in the text. */
    readonly given: string;
  };
  readonly packet: {
    readonly choose: string;
    readonly own: string;
    readonly file: string;
    readonly paste: string;
    readonly pasteTitle: string;
    readonly pasteAbout: string;
    readonly take: string;
    readonly drop: string;
    readonly captured: (count: number) => string;
    readonly bytes: string;
    readonly layers: string;
    readonly data: string;
    readonly dataEnd: string;
    readonly dataMeta: string;
    readonly headroom: (bytes: number) => string;
    readonly length: (bytes: number) => string;
    readonly result: string;
    readonly changed: (bytes: number) => string;
    readonly unchanged: string;
    readonly was: (old: string) => string;
    readonly wrong: string;
    readonly payload: string;
    readonly context: string;
    readonly record: string;
    readonly hex: string;
  };
  readonly output: {
    readonly trace: string;
    readonly records: string;
    readonly none: string;
    readonly later: (count: number) => string;
    readonly goTo: (step: number) => string;
    readonly kind: Readonly<Record<"ringbuf" | "perf", string>>;
  };
  readonly speed: {
    readonly title: string;
    readonly measure: string;
    readonly running: string;
    readonly about: string;
    readonly way: Readonly<Record<"interp" | "inside" | "entered", string>>;
    readonly perRun: string;
    readonly number: (value: number) => string;
    /** Nanoseconds in a fitting unit. */
    readonly time: (ns: number) => string;
    /** After how many runs and instructions compiling has paid off. Infinity: never. */
    readonly pays: Readonly<Record<"inside" | "entered", (runs: number, insns: number) => string>>;
    readonly crossing: (ns: number, interp: number) => string;
    readonly notInside: string;
    readonly totals: string;
    readonly runs: string;
    readonly stopped: (fault: string) => string;
    readonly compiled: (ms: number, bytes: number) => string;
    readonly code: string;
  };
}

const TEXTS: Readonly<Record<Language, MachineTexts>> = {
  en: {
    views: "What to show of the machine",
    view: {
      registers: "Registers",
      maps: "Maps",
      packet: "Packet",
      event: "Event",
      output: "Output",
      speed: "Timing",
    },
    registers: "Registers",
    stack: "Stack",
    memory: "Memory changed by this step",
    base: { hex: "hex", unsigned: "unsigned", signed: "signed", binary: "binary" },
    baseLabel: "Numbers as",
    step: "Step",
    stepBack: "Step back",
    reset: "Back to the start",
    runToEnd: "Run to the end",
    timeline: "Time in the run",
    goTo: "Go to step",
    of: (length) => `of ${formatNumber(length)}`,
    at: (step, length) => `step ${formatNumber(step)} of ${formatNumber(length)}`,
    next: "next",
    ended: "The program has ended",
    returned: (value) => `returns ${value}`,
    fault: "Fault",
    faultAccess: (size, write, address) => `${write ? "writes" : "reads"} ${plural(size, "byte")} at ${address}`,
    nearest: (name, from, to) => `The nearest memory is ${name}, from ${from} up to ${to}.`,
    before: (bytes) => `The access begins ${bytes} bytes before it.`,
    beyond: (bytes) =>
      bytes === 0n ? "The access begins where it ends." : `The access begins ${bytes} bytes behind its end.`,
    nullPointer: "The address is that of a NULL pointer.",
    noMemory: "There is no memory at all.",
    budget: (steps) => `Stopped after ${plural(steps, "step")}: the budget of one run`,
    origin: {
      trial: (input) => `trial run with ${input === "" ? "no input" : input}`,
      event: (command) => `run caused by ${command}`,
      test: () => "run by BPF_PROG_TEST_RUN",
      unverified: (input) => `run without the verifier, with ${input}`,
    },
    read: "read",
    written: "written",
    unknown: "never set",
    belief: "The verifier knows:",
    becomes: "becomes",
    legend: { written: "written by the last step", read: "read by the next", unknown: "never set" },
    frame: (depth) => `Frame ${depth}`,
    outermost: "main",
    callback: "callback",
    frameAt: (slot) => `at ${slot}`,
    callsAt: (slot) => `called at ${slot}`,
    kept: "Kept for this frame",
    noStack: "This run has not touched its 512 bytes of stack yet.",
    empty: {
      error: "Once every line assembles, the run can be stepped here.",
      reject: "The kernel would not run this. Run it anyway to see what the verifier saved you from.",
      refusedCall:
        "Nothing was loaded: the kernel refused before the verifier looked at the program. The verifier's pane says why.",
      none: "Nothing runs this program type here yet.",
      waiting: "Making the run",
    },
    runAnyway: "Run without the verifier",
    simulated: "Simulated run, not the real kernel's",
    noRun: "There is no run to step through: the program was not accepted",
    announce: (step, length, next, said) =>
      `Step ${step} of ${length}. ${said}${said ? ". " : ""}${next ? `Next: ${next}` : "The program has ended"}`,
    roles: [
      "return value",
      "context",
      "argument 2",
      "argument 3",
      "argument 4",
      "argument 5",
      "kept by calls",
      "kept by calls",
      "kept by calls",
      "kept by calls",
      "frame pointer",
    ],
    value: {
      menu: (name) => `More about ${name}`,
      lastWrite: "Back to the last write",
      lastWriteOf: (name) => `Back to the last write of ${name}`,
      nextChange: "On until it changes",
      watch: "Stop when it changes",
      unwatch: "No longer stop when it changes",
      copy: "Copy the value",
      show: "Show as",
      asSetting: "as all others",
    },
    stops: {
      title: "Stops",
      on: "Go to the next stop, or to the end",
      back: "Go back to the previous stop",
      cursor: "Run to the cursor",
      line: (line) => `line ${line}`,
      noInsn: "This line makes no instruction.",
      when: "only when",
      whenExample: "r0 == 5",
      watching: (name) => `${name} changes`,
      remove: (name) => `Remove the stop: ${name}`,
      atLine: (line) => `Stopped at the breakpoint in line ${line}.`,
      atWatched: (name) => `Stopped: ${name} has changed.`,
      nowhere: {
        "no-visit": "The run does not come to this line again.",
        "no-earlier-visit": "The run was not on this line before.",
        "no-write": "Nothing was written here before.",
        "no-insn": "This line makes no instruction.",
        "no-stop": "There is no further stop.",
        "no-change": "The register does not change again.",
        "no-earlier-change": "The register did not change before.",
      },
    },
    play: {
      play: "Play",
      pause: "Pause",
      more: "Speed, and more ways through the run",
      speed: "Play: steps a second",
      frame: "fastest",
      until: "Until a register changes",
      register: "Register",
      onTo: (name) => `On until ${name} changes`,
      backTo: (name) => `Back to where ${name} changed`,
      on: "On",
      back: "Back",
    },
    environment: {
      seed: "Seed",
      newSeed: "New seed",
      cpu: "CPU",
      about: "Random numbers and time follow from the seed: the same seed gives the same run.",
    },
    motion: "Show how values move",
    maps: {
      declared: "declared in",
      used: "loaded in",
      line: (n) => `line ${n}`,
      given: "came with the program",
      key: "Key",
      value: "Value",
      cpu: (cpu) => `CPU ${cpu}`,
      size: (type, key, value) =>
        `${type}${key > 0 ? `, key ${plural(key, "byte")}` : ""}${value > 0 ? `, value ${plural(value, "byte")}` : ""}`,
      filled: (count, most) => `${formatNumber(count)} of ${formatNumber(most)}`,
      format: (name) => `How to show ${name}`,
      formats: { hex: "hex", number: "numbers", text: "text", fields: "fields" },
      fields: "Fields of the value",
      fieldsExample: "u32 hits, u32 bytes",
      none: "This program has no maps.",
      noneHint: "Declare one in the program, in C as libbpf does, or open an example: Count in a map.",
      emptyMap: "Empty. What the program puts in appears here at the step that does it.",
      bloom: "A bloom filter keeps bits, not values: it can only be asked whether a value may be in it.",
      queue: "First in, first out: the next to be popped stands on top.",
      stack: "Last in, first out: the next to be popped stands on top.",
      ring: "Records that nobody has read yet, oldest first.",
      perf: "Events by CPU; what is sent through them stands under Output.",
      new: "new",
      gone: "deleted by this step",
      before: "before",
      now: "In the kernel now",
      when: "Which contents to show",
      initial: "Elements set here are there before the run starts.",
      editing: "Set or deleted with bpf(2) in the running kernel.",
      add: "Add an element",
      push: "Push",
      set: "Set",
      delete: (key) => `Delete ${key}`,
      edit: (key) => `Edit ${key}`,
      cancel: "Cancel",
      wrong: (what, size) => `${what}: hex of ${plural(size, "byte")}, or a number that fits`,
      byRun: "At this step",
    },
    packet: {
      choose: "Packet",
      own: "bytes of your own",
      file: "Open a capture",
      paste: "Paste bytes",
      pasteTitle: "Paste a packet",
      pasteAbout: "Hex, a C array, or what xxd, hexdump -C, tcpdump -x and Wireshark print.",
      take: "Use these bytes",
      drop: "Drop a .pcap or .pcapng file here.",
      captured: (count) => `${plural(count, "packet")} of the capture`,
      bytes: "Bytes of the packet",
      layers: "Headers",
      data: "data",
      dataEnd: "data_end",
      dataMeta: "data_meta",
      headroom: (bytes) => `${formatNumber(bytes)} bytes of headroom`,
      length: (bytes) => plural(bytes, "byte"),
      result: "Result",
      changed: (bytes) => `${plural(bytes, "byte")} of the packet changed by the run`,
      unchanged: "The packet leaves as it came.",
      was: (old) => `was ${old}`,
      wrong: "does not add up",
      payload: "data",
      context: "Registers at the probe",
      record: "Record",
      hex: "Bytes, hex",
    },
    output: {
      trace: "trace_pipe",
      records: "Records",
      none: "Nothing was sent up to this step.",
      later: (count) => `${formatNumber(count)} more ${count === 1 ? "comes" : "come"} later in this run.`,
      goTo: (step) => `Go to step ${formatNumber(step)}`,
      kind: { ringbuf: "ring buffer", perf: "perf event" },
    },
    speed: {
      title: "Timing",
      measure: "Measure",
      running: "Measuring",
      about: "The program runs over and over with the same input, for less than half a second in each of three ways.",
      way: {
        interp: "Interpreted",
        inside: "Compiled, loop inside",
        entered: "Compiled, entered each time",
      },
      perRun: "One run, in ns",
      number: amount,
      time: duration,
      pays: {
        inside: (runs, insns) =>
          Number.isFinite(runs)
            ? `Compiled code that repeats the program by itself has paid for its compiling after about ${formatNumber(rough(runs))} runs, that is ${formatNumber(rough(insns))} instructions.`
            : "Even repeated inside the compiled code, this program is not faster than interpreted.",
        entered: (runs, insns) =>
          Number.isFinite(runs)
            ? `Entered from JavaScript for each run, it has paid after about ${formatNumber(rough(runs))} runs, that is ${formatNumber(rough(insns))} instructions.`
            : "Entered from JavaScript for each run, compiling this program never pays: a run is too short.",
      },
      crossing: (ns, interp) =>
        `Entering compiled code from JavaScript costs ${duration(ns)} each time; a whole interpreted run takes ${duration(interp)}.`,
      notInside:
        "The end of this program needs the machine each time (a tail call, a timer, a packet load that may end it), so it cannot be repeated inside the compiled code.",
      totals: "Time of many runs, compiling included; a dot where compiling has paid",
      runs: "runs",
      stopped: (fault) => (fault === "budget" ? "One run takes too long to be measured." : fault),
      compiled: (ms, bytes) => `Compiled in ${ms.toFixed(1)} ms to ${plural(bytes, "byte")}.`,
      code: "WebAssembly text",
    },
  },
  ja: {
    views: "マシンの表示",
    view: {
      registers: "レジスタ",
      maps: "マップ",
      packet: "パケット",
      event: "イベント",
      output: "出力",
      speed: "実行時間",
    },
    registers: "レジスタ",
    stack: "スタック",
    memory: "このステップで変わったメモリ",
    base: { hex: "16 進", unsigned: "符号なし", signed: "符号付き", binary: "2 進" },
    baseLabel: "数の表し方",
    step: "1 ステップ進む",
    stepBack: "1 ステップ戻る",
    reset: "最初に戻る",
    runToEnd: "最後まで実行",
    timeline: "実行の時間軸",
    goTo: "移動先のステップ",
    of: (length) => `/ ${formatNumber(length)}`,
    at: (step, length) => `ステップ ${formatNumber(step)} / ${formatNumber(length)}`,
    next: "次",
    ended: "プログラムは終了しました",
    returned: (value) => `戻り値 ${value}`,
    fault: "フォールト",
    faultAccess: (size, write, address) => `${address} の ${size} バイトを${write ? "書き込み" : "読み出し"}`,
    nearest: (name, from, to) => `最も近いメモリは ${name}(${from} から ${to} の手前まで)です。`,
    before: (bytes) => `アクセスはその ${bytes} バイト手前から始まります。`,
    beyond: (bytes) =>
      bytes === 0n ? "アクセスはその終わりから始まります。" : `アクセスはその終わりから ${bytes} バイト先です。`,
    nullPointer: "これは NULL ポインタのアドレスです。",
    noMemory: "触れてよいメモリは 1 つもありません。",
    budget: (steps) => `${formatNumber(steps)} ステップで打ち切りました(1 回の実行の上限)`,
    origin: {
      trial: (input) => (input === "" ? "入力なしの試し実行" : `入力 ${input} での試し実行`),
      event: (command) => `${command} による実行`,
      test: () => "BPF_PROG_TEST_RUN による実行",
      unverified: (input) => `verifier を通さない実行(入力 ${input})`,
    },
    read: "読み出し",
    written: "書き込み",
    unknown: "未初期化",
    belief: "verifier の認識:",
    becomes: "から",
    legend: { written: "直前のステップで書かれた", read: "次の命令が読む", unknown: "未初期化" },
    frame: (depth) => `フレーム ${depth}`,
    outermost: "main",
    callback: "コールバック",
    frameAt: (slot) => `命令 ${slot}`,
    callsAt: (slot) => `命令 ${slot} で呼び出し中`,
    kept: "このフレームのために退避した値",
    noStack: "512 バイトのスタックは、まだ使われていません。",
    empty: {
      error: "すべての行がアセンブルできると、ここで 1 ステップずつ実行できます。",
      reject: "このプログラムをカーネルは実行しません。あえて実行して、verifier が何を防いだのかを見ることもできます。",
      refusedCall:
        "ロードされていません。verifier がプログラムを調べる前に、カーネルが拒否しました。理由は verifier のペインにあります。",
      none: "このプログラムタイプを実行するイベントは、ここにはまだありません。",
      waiting: "実行を準備中",
    },
    runAnyway: "verifier を通さずに実行",
    simulated: "シミュレーションの実行 (本物のカーネルではありません)",
    noRun: "プログラムが受理されていないので、たどれる実行がありません",
    announce: (step, length, next, said) =>
      `ステップ ${step} / ${length}。${said}${said ? "。" : ""}${next ? `次の命令: ${next}` : "プログラムは終了しました"}`,
    roles: [
      "戻り値",
      "コンテキスト",
      "第 2 引数",
      "第 3 引数",
      "第 4 引数",
      "第 5 引数",
      "呼び出し後も保持",
      "呼び出し後も保持",
      "呼び出し後も保持",
      "呼び出し後も保持",
      "フレームポインタ",
    ],
    value: {
      menu: (name) => `${name} のメニュー`,
      lastWrite: "最後に書かれたところへ戻る",
      lastWriteOf: (name) => `${name} が最後に書かれたところへ戻る`,
      nextChange: "変わるまで進む",
      watch: "変わったら止まる",
      unwatch: "変わっても止まらない",
      copy: "値をコピー",
      show: "表し方",
      asSetting: "全体に合わせる",
    },
    stops: {
      title: "停止する場所",
      on: "次の停止位置 (なければ最後) まで進む",
      back: "前の停止位置まで戻る",
      cursor: "カーソルの行まで実行",
      line: (line) => `${line} 行目`,
      noInsn: "この行に命令はありません。",
      when: "条件",
      whenExample: "r0 == 5",
      watching: (name) => `${name} の変化`,
      remove: (name) => `停止を取り消す: ${name}`,
      atLine: (line) => `${line} 行目のブレークポイントで停止しました。`,
      atWatched: (name) => `${name} が変わったので停止しました。`,
      nowhere: {
        "no-visit": "この先、この行は実行されません。",
        "no-earlier-visit": "これより前に、この行は実行されていません。",
        "no-write": "これより前に、ここへの書き込みはありません。",
        "no-insn": "この行に命令はありません。",
        "no-stop": "この先に停止位置はありません。",
        "no-change": "この先、このレジスタは変わりません。",
        "no-earlier-change": "これより前に、このレジスタは変わっていません。",
      },
    },
    play: {
      play: "再生",
      pause: "一時停止",
      more: "再生の速さと、ほかの進み方",
      speed: "再生: 1 秒あたりのステップ数",
      frame: "最速",
      until: "レジスタが変わるまで",
      register: "レジスタ",
      onTo: (name) => `${name} が変わるまで進む`,
      backTo: (name) => `${name} が変わった所まで戻る`,
      on: "進む",
      back: "戻る",
    },
    environment: {
      seed: "シード",
      newSeed: "新しいシード",
      cpu: "CPU",
      about: "乱数と時刻はシードから決まります。同じシードなら、同じ実行になります。",
    },
    motion: "値の動きを見せる",
    maps: {
      declared: "宣言:",
      used: "ロード:",
      line: (n) => `${n} 行目`,
      given: "プログラムに付いてきたマップ",
      key: "キー",
      value: "値",
      cpu: (cpu) => `CPU ${cpu}`,
      size: (type, key, value) =>
        `${type}${key > 0 ? `、キー ${key} バイト` : ""}${value > 0 ? `、値 ${value} バイト` : ""}`,
      filled: (count, most) => `${formatNumber(count)} / ${formatNumber(most)}`,
      format: (name) => `${name} の表し方`,
      formats: { hex: "16 進", number: "数値", text: "文字列", fields: "フィールド" },
      fields: "値のフィールド",
      fieldsExample: "u32 hits, u32 bytes",
      none: "このプログラムにマップはありません。",
      noneHint: "libbpf と同じ C の書き方でプログラムの中に宣言するか、サンプル「マップで数える」を開いてください。",
      emptyMap: "空です。プログラムが入れた要素は、そのステップからここに現れます。",
      bloom: "ブルームフィルタに残るのはビットだけです。ある値が入っているかもしれないかどうかだけを調べられます。",
      queue: "先入れ先出し。次に取り出されるものがいちばん上です。",
      stack: "後入れ先出し。次に取り出されるものがいちばん上です。",
      ring: "まだ読まれていないレコード。古い順に並びます。",
      perf: "CPU ごとのイベント。送られたものは「出力」に並びます。",
      new: "追加",
      gone: "このステップで削除",
      before: "変更前",
      now: "いまのカーネル",
      when: "どの時点の中身か",
      initial: "ここで入れた要素は、実行が始まる前から入っています。",
      editing: "動いているカーネルのマップを bpf(2) で書き換えます。",
      add: "要素を追加",
      push: "push",
      set: "設定",
      delete: (key) => `${key} を削除`,
      edit: (key) => `${key} を編集`,
      cancel: "やめる",
      wrong: (what, size) => `${what}は ${size} バイトの 16 進か、収まる数値にしてください`,
      byRun: "このステップ",
    },
    packet: {
      choose: "パケット",
      own: "自分で入れたバイト列",
      file: "キャプチャを開く",
      paste: "貼り付け",
      pasteTitle: "パケットの貼り付け",
      pasteAbout: "16 進、C の配列、または xxd、hexdump -C、tcpdump -x、Wireshark の出力。",
      take: "このバイト列を使う",
      drop: ".pcap か .pcapng のファイルをここにドロップできます。",
      captured: (count) => `キャプチャの ${formatNumber(count)} パケット`,
      bytes: "パケットのバイト列",
      layers: "ヘッダ",
      data: "data",
      dataEnd: "data_end",
      dataMeta: "data_meta",
      headroom: (bytes) => `前に ${formatNumber(bytes)} バイトの余裕`,
      length: (bytes) => `${formatNumber(bytes)} バイト`,
      result: "結果",
      changed: (bytes) => `この実行で ${formatNumber(bytes)} バイトが変わりました`,
      unchanged: "パケットは変わりません。",
      was: (old) => `変更前 ${old}`,
      wrong: "チェックサムが合いません",
      payload: "データ",
      context: "プローブでのレジスタ",
      record: "レコード",
      hex: "バイト列(16 進)",
    },
    output: {
      trace: "trace_pipe",
      records: "レコード",
      none: "このステップまでに送られたものはありません。",
      later: (count) => `この実行では、このあと ${formatNumber(count)} 件送られます。`,
      goTo: (step) => `ステップ ${formatNumber(step)} へ`,
      kind: { ringbuf: "リングバッファ", perf: "perf イベント" },
    },
    speed: {
      title: "実行時間",
      measure: "測定",
      running: "測定中",
      about: "同じ入力でプログラムを何度も実行します。3 通りの方法で、それぞれ 0.5 秒足らずです。",
      way: {
        interp: "インタプリタ",
        inside: "コンパイル、内側でループ",
        entered: "コンパイル、毎回入り直す",
      },
      perRun: "1 回 (ns)",
      number: amount,
      time: duration,
      pays: {
        inside: (runs, insns) =>
          Number.isFinite(runs)
            ? `コンパイル済みコードの内側で繰り返すなら、約 ${formatNumber(rough(runs))} 回 (${formatNumber(rough(insns))} 命令) でコンパイルの元が取れます。`
            : "内側で繰り返しても、このプログラムはインタプリタより速くなりません。",
        entered: (runs, insns) =>
          Number.isFinite(runs)
            ? `毎回 JavaScript から入るなら、約 ${formatNumber(rough(runs))} 回 (${formatNumber(rough(insns))} 命令) で元が取れます。`
            : "毎回 JavaScript から入るなら、このプログラムはコンパイルしても元が取れません。1 回の実行が短すぎるためです。",
      },
      crossing: (ns, interp) =>
        `JavaScript からコンパイル済みコードに入るたびに ${duration(ns)} かかります。インタプリタでの 1 回の実行は全部で ${duration(interp)} です。`,
      notInside:
        "このプログラムは終わるたびにマシンの処理が必要です (tail call、タイマー、プログラムを終わらせうるパケットの読み出し)。そのため、コンパイル済みコードの内側では繰り返せません。",
      totals: "多数回の実行にかかる時間 (コンパイルを含む)。点はコンパイルの元が取れる所",
      runs: "回",
      stopped: (fault) => (fault === "budget" ? "1 回の実行が長すぎて測定できません。" : fault),
      compiled: (ms, bytes) => `${ms.toFixed(1)} ms で ${formatNumber(bytes)} バイトにコンパイルしました。`,
      code: "WebAssembly テキスト",
    },
  },
};

export const machineTexts = (language: Language): MachineTexts => TEXTS[language];
export const useMachineTexts = (): MachineTexts => machineTexts(useSettings((s) => s.language));
