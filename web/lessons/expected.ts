// What the parser of a lesson's file expected when it found something else: one sentence per rule, in both languages.
import type { Texts } from "../../engine/index.ts";

/** Shown if a fault has a line but quotes no words of the file. */
export const LINE_ONLY = "–";

const both = (en: string, ja: string): Texts => ({ en, ja });

export const EXPECTED = {
  size: both("a file of at most 200,000 characters", "200,000 文字までのファイル"),
  head: both(
    "the head: a line `---`, then `title.ja: …` and `title.en: …`, then a line `---`",
    "ヘッダー: `---` の行、`title.ja: …` と `title.en: …`、もう一度 `---` の行",
  ),
  headLine: both(
    "`title.ja: …`, `title.en: …` or `slides: 2-3, 11`",
    "`title.ja: …`、`title.en: …`、`slides: 2-3, 11` のどれか",
  ),
  title: (language: string): Texts =>
    both(`\`title.${language}: …\` in the head`, `ヘッダーに \`title.${language}: …\``),
  section: both("a language: `# ja` or `# en` on a line of its own", "言語の見出し: 単独の行で `# ja` または `# en`"),
  sectionTwice: both("each language once", "各言語は 1 回だけ"),
  beforeSections: both(
    "the blocks `oreore-state`, `goal`, `solution` and `scene` only, before `# ja` and `# en`",
    "`# ja` や `# en` より前には `oreore-state`、`goal`、`solution`、`scene` のブロックだけ",
  ),
  state: both("a block ```oreore-state with the program", "プログラムの入った ```oreore-state ブロック"),
  oneState: both("one ```oreore-state, before the languages", "```oreore-state は言語より前に 1 つだけ"),
  oneGoal: both("one ```goal, before the languages", "```goal は言語より前に 1 つだけ"),
  oneSolution: both("one ```solution, before the languages", "```solution は言語より前に 1 つだけ"),
  solution: both(
    "`write`, `load`, `attach`, `detach`, `echo 10`, `cat`, `test icmp-echo`, `step 2`, `apply 1`, `update counts 0 = 7` or `shell …`, then a line `---` and the program",
    "`write`、`load`、`attach`、`detach`、`echo 10`、`cat`、`test icmp-echo`、`step 2`、`apply 1`、`update counts 0 = 7`、`shell …` のどれか。続けて `---` の行とプログラム",
  ),
  scenePlace: both("scenes before the languages", "scene は言語より前に"),
  scene: both(
    "`fill:`, `point:`, `slides:`, `minutes:`, `kernel:`, `ja:`, `en:` or `press:` with a value that it takes",
    "`fill:`、`point:`、`slides:`、`minutes:`、`kernel:`、`ja:`、`en:`、`press:` のどれかと、その値",
  ),
  fill: both(
    "`fill:` with one or two pictures: `machine`, `terminal + parts`, `code 2 bpf_prog_attach()`",
    "`fill:` に絵を 1 つか 2 つ: `machine`、`terminal + parts`、`code 2 bpf_prog_attach()`",
  ),
  press: both(
    "what a press does: `load`, `echo 10`, `cat`, `step`, `at TEXT`, `answer`, `item`, `say` …",
    "押したときに起こること: `load`、`echo 10`、`cat`、`step`、`at TEXT`、`answer`、`item`、`say` など",
  ),
  real: both(
    "on the real kernel a `terminal` in `fill:`, and of the calls only `load`, `attach`, `detach`, `echo` and `cat`",
    "本物のカーネルでは `fill:` に `terminal`。呼び出しは `load`、`attach`、`detach`、`echo`、`cat` だけ",
  ),
  sentence: both("a sentence below it: `ja: …` and `en: …`", "その下に文: `ja: …` と `en: …`"),
  sameBlanks: both("as many blanks in both languages", "両方の言語で同じ数の空欄"),
  scenePoint: both(
    "a point of the text, not before the one of the scene above: 1, 2, 3 …",
    "本文の要点の番号。上の scene のものより前ではないこと: 1、2、3 …",
  ),
  sceneQuestion: both("for `question` a point that is a prediction", "`question` には、予想である要点"),
  sceneSlides: both(
    "the slides of the scenes and of the head to be the same",
    "scene のスライドとヘッダーのスライドが同じであること",
  ),
  sceneSolution: both("a ```solution with a program", "プログラムの入った ```solution ブロック"),
  dashes: both("a line `---` between the settings and the program", "設定とプログラムを分ける `---` の行"),
  program: both("the program after the line `---`", "`---` の行の後にプログラム"),
  stateKey: both(
    "`type:`, `preset:`, `input:`, `step:`, `view:`, `recipe:`, `print:`, `map:` or `entry:`",
    "`type:`、`preset:`、`input:`、`step:`、`view:`、`recipe:`、`print:`、`map:`、`entry:` のどれか",
  ),
  stateValue: {
    type: both("a program type's name: oreore, xdp …", "プログラムタイプの名前: oreore、xdp など"),
    preset: both(
      "the name of one of the page's own program types: adder, converted …",
      "ページにあるオレオレ型の名前: adder、converted など",
    ),
    input: both("any text", "任意の文字列"),
    step: both("a step of the run: 0, 1, 2 …", "実行のステップ: 0、1、2 …"),
    view: both("editor, machine, verifier or kernel", "editor、machine、verifier、kernel のどれか"),
    recipe: both("the steps that are there: `1 2`, or `none`", "ある手順: `1 2` のように。なければ `none`"),
    print: both("steps with blanks between: `0 1 3`", "空白で区切ったステップ: `0 1 3`"),
    map: both(
      "name, type, key size, value size, entries, flags where there are some: `counts array 4 8 16`",
      "名前、種類、キーのサイズ、値のサイズ、要素数、必要ならフラグ: `counts array 4 8 16`",
    ),
    entry: both(
      "below its map: name, key = value: `counts 0 = 7`, or bytes: `counts 0 = 0x0102030405060708`",
      "マップの行より下に、名前、キー = 値: `counts 0 = 7`。バイト列なら `counts 0 = 0x0102030405060708`",
    ),
  },
  points: both("some text below the language", "言語の見出しの下に本文"),
  notes: both("notes after the point that they belong to", "メモは、それが属する本文の後"),
  html: both(
    "text: HTML is not drawn here; write it `in backticks` to show it",
    "文章。HTML は描かれません。見せたいときは `バッククォート` で囲む",
  ),
  image: both("text: pictures are not loaded here", "文章。画像は読み込まれません"),
  question: both("a question before the choices", "選択肢の前に問い"),
  choices: both(
    "two or more `- [ ]` of which one is `- [x]`; or one `= value`",
    "2 つ以上の `- [ ]`(うち 1 つが `- [x]`)、または `= 値` を 1 つ",
  ),
  because: both("a line `> …` that says why", "理由を述べる `> …` の行"),
  samePoints: both("as many points in both languages", "両方の言語で同じ数の要点"),
  samePredictions: both(
    "the same predictions in both languages: as many choices, the same one right",
    "両方の言語で同じ予想: 選択肢の数と正解が同じ",
  ),
  sameHints: both("as many hints in both languages", "両方の言語で同じ数のヒント"),
} as const;

/** For a list of lessons. */
export const LIST_EXPECTED = {
  file: both(
    "this lesson's file: drop it together with the list, or choose both at once",
    "このレッスンのファイル。一覧と一緒にドロップするか、まとめて選んでください",
  ),
  size: (length: number, most: number): Texts =>
    both(
      `files that fit in a link: these make one of ${length} characters, and ${most} is the most; larger ones go beside the page, with an address of their own`,
      `リンクに入る大きさのファイル。これは ${length} 文字のリンクになり、上限は ${most} 文字です。大きなものはページと同じ場所に置くと、アドレスで開けます`,
    ),
} as const;
