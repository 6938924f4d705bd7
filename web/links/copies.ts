// The page in other forms: as Markdown, and its panes as a picture (html-to-image), which the browser itself draws.
import { toBlob } from "html-to-image";
import { useVerdict } from "../stores/check/verdict.ts";
import { useProgram } from "../stores/program/program.ts";
import { saveFile } from "../ui/save.ts";
import { asMarkdown } from "./markdown.ts";

/** The CSS properties that the page's look needs. All properties would take half a minute for a thousand elements. */
const STYLES =
  `accent-color align-content align-items align-self appearance background-clip background-color background-image
  background-position background-repeat background-size border-bottom-color border-bottom-left-radius
  border-bottom-right-radius border-bottom-style border-bottom-width border-collapse border-left-color border-left-style
  border-left-width border-right-color border-right-style border-right-width border-spacing border-top-color
  border-top-left-radius border-top-right-radius border-top-style border-top-width bottom box-shadow box-sizing clip-path
  color column-gap columns contain display fill fill-opacity flex-basis flex-direction flex-grow flex-shrink flex-wrap
  font-family font-size font-style font-variant-numeric font-weight grid-auto-flow grid-column grid-row
  grid-template-columns grid-template-rows height justify-content left letter-spacing line-height list-style-type
  margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width opacity outline-color
  outline-offset outline-style outline-width overflow-wrap overflow-x overflow-y padding-bottom padding-left padding-right
  padding-top position right row-gap stroke stroke-dasharray stroke-linecap stroke-linejoin stroke-width tab-size
  table-layout text-align text-decoration-color text-decoration-line text-decoration-style text-overflow text-transform top
  transform transform-origin vertical-align visibility white-space width word-break z-index`.split(/\s+/);

async function picture(): Promise<Blob | null> {
  const main = document.querySelector<HTMLElement>(".app__main");
  if (!main) return null;
  return toBlob(main, {
    pixelRatio: 2,
    backgroundColor: getComputedStyle(document.body).backgroundColor,
    skipAutoScale: true,
    fontEmbedCSS: await fonts(),
    includeStyleProperties: STYLES,
    filter: (node) => !(node instanceof Element && node.matches("script, [hidden], .visually-hidden, .pane-tools")),
  });
}

/** The page's fonts for the picture. html-to-image would look for them through a base address, which the policy forbids. */
async function fonts(): Promise<string> {
  const rules = [...document.styleSheets].flatMap((sheet) =>
    [...sheet.cssRules]
      .filter((rule) => rule instanceof CSSFontFaceRule)
      .map((rule) => ({ rule, base: sheet.href ?? location.href })),
  );
  const embedded = rules.map(async ({ rule, base }) => {
    const address = /url\("?([^")]+\.woff2)"?\)/.exec(rule.style.getPropertyValue("src"))?.[1];
    if (!address) return "";
    const bytes = new Uint8Array(await (await fetch(new URL(address, base))).arrayBuffer());
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return rule.cssText.replace(/src:[^;]+;/, `src: url(data:font/woff2;base64,${btoa(text)}) format("woff2");`);
  });
  return (await Promise.all(embedded)).join("\n");
}

/** false: the browser does not allow pictures in the clipboard. */
export async function copyPicture(): Promise<boolean> {
  const blob = await picture();
  if (!blob) return false;
  await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
  return true;
}

export async function savePicture(): Promise<boolean> {
  const blob = await picture();
  if (blob) saveFile(`${useProgram.getState().example || "program"}.png`, blob);
  return blob !== null;
}

export function pageAsMarkdown(link: string): string {
  const { source, progType, input } = useProgram.getState();
  const { check } = useVerdict.getState();
  return asMarkdown({
    source,
    progType,
    input,
    verdict: check?.verdict ?? "error",
    errno: check?.errnoName ?? "",
    message: check?.verdict === "reject" ? check.message : "",
    log: check?.log ?? "",
    link,
  });
}
