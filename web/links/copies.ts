// The page in other forms: as Markdown, and its panes as a picture (html-to-image), which the browser itself draws.
import { toBlob } from "html-to-image";
import { useProgram } from "../stores/program.ts";
import { useVerdict } from "../stores/verdict.ts";
import { saveFile } from "../ui/save.ts";
import { asMarkdown } from "./markdown.ts";

async function picture(): Promise<Blob | null> {
  const main = document.querySelector<HTMLElement>(".app__main");
  if (!main) return null;
  return toBlob(main, {
    pixelRatio: 2,
    backgroundColor: getComputedStyle(document.body).backgroundColor,
    skipAutoScale: true,
  });
}

/** False: the browser does not let pictures into the clipboard. */
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
