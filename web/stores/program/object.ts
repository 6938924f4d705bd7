// The BPF object that the reader brought: its contents, and the program that is shown. It stays on the device.
import { create } from "zustand";
import type { ObjectLoadView, ObjectView, Texts } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";
import { openDialog } from "../page/dialog.ts";
import { openProgram, showNotice, useProgram } from "./program.ts";

export interface ObjectState {
  readonly fileName: string;
  readonly object: ObjectView | null;
  /** Why the file is no object. */
  readonly fault: Texts | null;
  /** C files that the reader added, by the names that the object's lines use. */
  readonly sources: ReadonlyMap<string, string>;
  /** The file of kernel types that the reader brought, and how many it has, or why it is faulty. null: CO-RE uses the page's kernel. */
  readonly types: { readonly name: string; readonly count: number; readonly fault: Texts | null } | null;
  /** Number of the shown program. -1: none. */
  readonly at: number;
  /** null: no answer yet. */
  readonly load: ObjectLoadView | null;
  /** Why the program cannot be loaded. */
  readonly refusal: Texts | null;
}

export const useObject = create<ObjectState>()(() => ({
  fileName: "",
  object: null,
  fault: null,
  sources: new Map(),
  types: null,
  at: -1,
  load: null,
  refusal: null,
}));

/** Types and configuration of Linux 6.18, loaded when the first object needs them. */
const KERNEL_FILE = new URL("../../../engine/facts/recorded/linux-6.18.bin.gz", import.meta.url);
let kernelLoaded: Promise<boolean> | undefined;

export async function openObject(file: File): Promise<void> {
  const view = await answered(engine().api.objects.open(new Uint8Array(await file.arrayBuffer()), file.name));
  if (view === undefined) return;
  useObject.setState({
    fileName: file.name,
    object: view.ok ? view.view : null,
    fault: view.ok ? null : { en: view.en, ja: view.ja },
    sources: new Map(),
    at: -1,
    load: null,
    refusal: null,
  });
  openDialog("object");
  if (view.ok && view.view.programs.length > 0) await showProgram(0);
}

export async function showProgram(at: number): Promise<void> {
  const { object } = useObject.getState();
  useObject.setState({ at, load: null, refusal: null });
  if (object?.needsKernel && !(await (kernelLoaded ??= loadKernel()))) kernelLoaded = undefined;
  const answer = await answered(engine().api.objects.program(at));
  if (answer === undefined || useObject.getState().object !== object || useObject.getState().at !== at) return;
  useObject.setState(answer.ok ? { load: answer.view } : { refusal: { en: answer.en, ja: answer.ja } });
}

/** Sets the kernel types for CO-RE from the reader's own kernel. null: the page's again. */
export async function takeTypes(file: File | null): Promise<void> {
  const bytes = file && new Uint8Array(await file.arrayBuffer());
  const answer = await answered(engine().api.objects.takeTypes(bytes, file?.name ?? ""));
  if (answer === undefined) return;
  const { at, object } = useObject.getState();
  if (object !== null || answer.ok)
    useObject.setState({
      types: file && {
        name: file.name,
        count: answer.ok ? answer.view : 0,
        fault: answer.ok ? null : { en: answer.en, ja: answer.ja },
      },
    });
  if (object === null)
    showNotice({
      kind: "said",
      bad: !answer.ok,
      words: answer.ok
        ? {
            en: `The types of ${file?.name} are kept for the next object: drop a .o file.`,
            ja: `${file?.name} の型は、次に開くオブジェクトに使います。.o ファイルをドロップしてください。`,
          }
        : { en: answer.en, ja: answer.ja },
    });
  else if (answer.ok && at >= 0) await showProgram(at);
}

/** Whether the program's lines name this file. If so, it is shown with them. */
export function addSourceFile(name: string, text: string): boolean {
  const { load, sources } = useObject.getState();
  const named = load?.lines.find(({ file }) => baseName(file) === name)?.file;
  if (named === undefined) return false;
  useObject.setState({ sources: new Map(sources).set(named, text) });
  return true;
}

/** A path's last part. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** false: they are not there, so the next program asks again. */
async function loadKernel(): Promise<boolean> {
  try {
    const response = await fetch(KERNEL_FILE);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    const packed = new Uint8Array(await response.arrayBuffer());
    // Some hosts already decompress files with the ending .gz.
    const isPacked = packed[0] === 0x1f && packed[1] === 0x8b;
    const stream = new Blob([packed]).stream();
    const file = isPacked ? stream.pipeThrough(new DecompressionStream("gzip")) : stream;
    const bytes = new Uint8Array(await new Response(file).arrayBuffer());
    return (
      (await answered(
        engine()
          .api.objects.takeKernel(bytes)
          .then(() => true),
      )) ?? false
    );
  } catch {
    showNotice({
      kind: "said",
      bad: true,
      words: {
        en: "The types of Linux 6.18 could not be loaded: is there a network?",
        ja: "Linux 6.18 の型情報を読み込めませんでした。ネットワークにつながっていますか。",
      },
    });
    return false;
  }
}

/** Opens the shown program in the editor, as macros. */
export function openAsMacros(): void {
  const { load, fileName } = useObject.getState();
  if (!load?.program) return;
  const { source, progType, maps } = load.program;
  openProgram(
    { source, progType, maps, input: useProgram.getState().input },
    { title: { en: `${load.name} (${fileName})`, ja: `${load.name} (${fileName})` } },
  );
}
