// Saves and opens programs as files: source, hex, the whole state as JSON. A file that cannot be read gets a sentence.

import { freshCheck } from "../stores/check/verdict.ts";
import { answered, engine } from "../stores/engine.ts";
import { isOpen } from "../stores/page/dialog.ts";
import { openProgram, showNotice, useProgram } from "../stores/program/program.ts";
import { saveFile } from "../ui/save.ts";
import { readState } from "./codec.ts";
import { type FileFault, kindOf, MOST, slug } from "./file-kinds.ts";
import { openState } from "./open.ts";
import { stateOfPage } from "./share.ts";

const FAULTS: Readonly<Record<FileFault, (name: string) => { readonly en: string; readonly ja: string }>> = {
  "too-large": (name) => ({
    en: `${name} is larger than a megabyte: the page does not open that. Your own program is still here.`,
    ja: `${name} は 1 MB を超えているので開けません。書きかけのプログラムはそのままです。`,
  }),
  binary: (name) => ({
    en: `${name} is neither text nor instructions of 8 bytes each. Your own program is still here.`,
    ja: `${name} はテキストでも、8 バイトずつの命令列でもありません。書きかけのプログラムはそのままです。`,
  }),
  json: (name) => ({
    en: `${name} holds no state that this page has saved. Your own program is still here.`,
    ja: `${name} は、このページで保存した状態ではありません。書きかけのプログラムはそのままです。`,
  }),
  empty: (name) => ({ en: `${name} is empty.`, ja: `${name} は空です。` }),
};

const refuse = (fault: FileFault, name: string): void =>
  showNotice({ kind: "said", words: FAULTS[fault](name), bad: true });

/** Opens a file that was dropped or chosen. The program before it is set aside. */
export async function openFile(file: File): Promise<void> {
  if (/\.(md|markdown)$/i.test(file.name))
    return (await import("../stores/lesson/dropped-lessons.ts")).openDropped([file]);
  const found = kindOf(file.name, file.size, new Uint8Array(await file.slice(0, MOST + 1).arrayBuffer()));
  if (found.kind === "object") return (await import("../stores/program/object.ts")).openObject(file);
  if (found.kind === "types") return (await import("../stores/program/object.ts")).takeTypes(file);
  if (found.kind === "fault") return refuse(found.fault, file.name);
  if (found.kind === "state") {
    const state = readState(found.text);
    return state.kind === "state" ? openState(state.state) : refuse("json", file.name);
  }
  if (
    found.kind === "text" &&
    isOpen("object") &&
    (await import("../stores/program/object.ts")).addSourceFile(file.name, found.text)
  )
    return;
  // A file may contain whatever can be pasted: hex, a dump of bpftool or objdump, another notation.
  const pasted = await answered(engine().api.tools.paste(found.text, useProgram.getState().progType));
  if (pasted?.isLog && pasted.source !== null)
    return (await import("../stores/check/pasted-log.ts")).openPastedLog(pasted.source, found.text);
  openProgram(
    {
      source: pasted?.source ?? found.text,
      progType: useProgram.getState().progType,
      maps: [],
      input: useProgram.getState().input,
    },
    {},
  );
  if (pasted?.source) showNotice({ kind: "pasted", name: pasted.name });
}

/** Endings of the files that the page takes. Kernel types have no ending of their own. */
const NAMES = ".c,.h,.o,.txt,.hex,.json,.md,.bin,.s,.S";

/** `accept`: which files the system offers. "": all. */
export function askForFile(accept = NAMES): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = accept;
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file) void openFile(file);
  };
  input.click();
}

export async function saveProgram(form: "source" | "hex" | "json"): Promise<void> {
  const { source, title } = useProgram.getState();
  const name = slug(title?.en ?? "");
  if (form === "source") return saveFile(`${name}.c`, source);
  if (form === "json")
    return saveFile(`${name}.json`, `${JSON.stringify(await stateOfPage(true), null, 2)}\n`, "application/json");
  const slots = (await freshCheck())?.slots ?? [];
  saveFile(`${name}.hex`, slots.map(({ hex }) => `${hex.replace(/(..)(?=.)/g, "$1 ")}\n`).join(""));
}
