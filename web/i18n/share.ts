// Words of the share sheet, loaded with it.
import { type Language, useSettings } from "../stores/page/settings.ts";
import { formatNumber } from "./numbers.ts";

export interface ShareTexts {
  readonly title: string;
  readonly close: string;
  readonly ways: string;
  readonly way: Readonly<Record<"link" | "qr" | "embed" | "copy", string>>;
  readonly about: string;
  readonly withPlace: (step: string) => string;
  readonly noRun: string;
  readonly link: string;
  readonly copy: string;
  readonly copied: string;
  readonly notCopied: string;
  readonly length: (characters: number) => string;
  readonly fits: string;
  readonly long: string;
  readonly tooLong: string;
  readonly saveFile: string;
  readonly qr: string;
  readonly qrAbout: string;
  readonly qrTooLong: (characters: number) => string;
  readonly fill: string;
  readonly unfill: string;
  readonly embedAbout: string;
  readonly height: string;
  readonly heights: Readonly<Record<"fixed" | "auto", string>>;
  readonly heightAuto: string;
  readonly readOnly: string;
  readonly snippet: string;
  readonly markdown: string;
  readonly markdownAbout: string;
  readonly image: string;
  readonly imageAbout: string;
  readonly imageCopied: string;
  readonly download: string;
  readonly failed: string;
}

const TEXTS: Readonly<Record<Language, ShareTexts>> = {
  en: {
    title: "Share",
    close: "Close",
    ways: "How to share it",
    way: { link: "Link", qr: "QR code", embed: "Embed", copy: "Text and picture" },
    about: "The program itself is in the link. Nothing is stored anywhere.",
    withPlace: (step) => `Open where I am now: ${step}, instruction, layout`,
    noRun: "no run yet",
    link: "Link",
    copy: "Copy",
    copied: "Copied to the clipboard",
    notCopied: "Select the text and copy it",
    length: (n) => `${formatNumber(n)} characters.`,
    fits: "Fits a chat message.",
    long: "Long: some chat tools cut it.",
    tooLong: "Very long: better send it as a file.",
    saveFile: "Save the file (.json)",
    qr: "QR code of the link",
    qrAbout: "For a class: everyone opens this very state.",
    qrTooLong: (n) => `A QR code holds 2,900 characters; this link has ${formatNumber(n)}.`,
    fill: "Fill the screen",
    unfill: "Small again",
    embedAbout: "Steppable inside another page; each frame is on its own.",
    height: "Height",
    heights: { fixed: "fixed", auto: "as the program needs" },
    heightAuto: "The script sets the frame to the height that the page inside asks for.",
    readOnly: "The program cannot be edited",
    snippet: "HTML to put into the page",
    markdown: "Copy as Markdown",
    markdownAbout: "Program, verdict, what the log says of it, and the link.",
    image: "Copy as a picture",
    imageAbout: "The panes as they stand, as PNG.",
    imageCopied: "The picture is in the clipboard",
    download: "Save the picture",
    failed: "This browser does not allow it here.",
  },
  ja: {
    title: "共有",
    close: "閉じる",
    ways: "共有の方法",
    way: { link: "リンク", qr: "QR コード", embed: "埋め込み", copy: "テキストと画像" },
    about: "プログラムはリンクそのものに入っています。どこにも保存されません。",
    withPlace: (step) => `今の状態で開く: ${step}、命令、レイアウト`,
    noRun: "まだ実行なし",
    link: "リンク",
    copy: "コピー",
    copied: "クリップボードにコピーしました",
    notCopied: "選択してコピーしてください",
    length: (n) => `${formatNumber(n)} 文字。`,
    fits: "チャットのメッセージに収まります。",
    long: "長いので、チャットによっては途中で切れます。",
    tooLong: "とても長いので、ファイルで送るほうが確実です。",
    saveFile: "ファイルに保存 (.json)",
    qr: "リンクの QR コード",
    qrAbout: "授業用です。全員がこの状態をそのまま開けます。",
    qrTooLong: (n) => `QR コードに入るのは 2,900 文字までです。このリンクは ${formatNumber(n)} 文字あります。`,
    fill: "画面いっぱいに表示",
    unfill: "元の大きさに戻す",
    embedAbout: "ほかのページの中でステップ実行できます。フレームどうしは互いに影響しません。",
    height: "高さ",
    heights: { fixed: "固定", auto: "プログラムに合わせる" },
    heightAuto: "中のページが求める高さに、スクリプトがフレームを合わせます。",
    readOnly: "プログラムを編集できないようにする",
    snippet: "ページに貼り付ける HTML",
    markdown: "Markdown でコピー",
    markdownAbout: "プログラム、判定、ログの該当部分、リンク。",
    image: "画像としてコピー",
    imageAbout: "今のペインの様子を PNG にします。",
    imageCopied: "画像をクリップボードにコピーしました",
    download: "画像を保存",
    failed: "このブラウザではここから実行できません。",
  },
};

export const useShareTexts = (): ShareTexts => TEXTS[useSettings((s) => s.language)];
