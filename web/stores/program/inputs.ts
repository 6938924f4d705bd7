// Inputs for a program that a packet or a context runs: built-in packets, those of a capture file, a pasted dump, the fields of a struct or
// record. The chosen one becomes the program's input text. The engine reads that text.
import { create } from "zustand";
import type { EventFormatView, InputView, LayerView, PacketView } from "../../../engine/index.ts";
import { answered, engine } from "../engine.ts";
import { editInput, useProgram } from "./program.ts";

export interface InputsState {
  readonly packets: readonly PacketView[];
  readonly captured: readonly PacketView[];
  /** Why a file or a text was not read, in English. "": no fault. */
  readonly fault: string;
  readonly formats: readonly EventFormatView[];
  /** Headers of the current input, for views without a run that has a packet. */
  readonly layers: readonly LayerView[];
  /** The program's input as the engine reads it. null: not asked yet. */
  readonly input: InputView | null;
}

export const useInputs = create<InputsState>()(() => ({
  packets: [],
  captured: [],
  fault: "",
  formats: [],
  layers: [],
  input: null,
}));
const { setState: set } = useInputs;

/** Asks the engine to read the program's current input. */
export function readInput(): Promise<InputView | undefined> {
  const { progType, input } = useProgram.getState();
  return answered(engine().api.runs.readInput(progType, input));
}

/** Follows the program's input while its bytes are shown. The returned function stops it. */
export function followInput(): () => void {
  let seen = "";
  const look = async (): Promise<void> => {
    const { progType, input } = useProgram.getState();
    const now = `${progType} ${input}`;
    if (now === seen) return;
    seen = now;
    const read = await readInput();
    if (read && now === seen) set({ input: read });
  };
  void look();
  return useProgram.subscribe(() => void look());
}

/** The packet or context that runs the program, as hex. "": the input is neither. */
export const inputBytes = ({ input }: InputsState): string =>
  input?.ok && input.event.kind !== "sysfs" ? input.event.hex : "";

/** Sets the bytes of a packet or a context. The page shows them at once. */
export function setInputBytes(kind: "packet" | "ctx", hex: string): void {
  set({ input: { ok: true, event: { kind, hex }, text: hex } });
  editInput(hex);
}

export async function loadPackets(): Promise<void> {
  const packets = await answered(engine().api.tools.packets());
  if (packets) set({ packets });
}

export async function loadFormats(progType: string): Promise<void> {
  const formats = await answered(engine().api.tools.eventFormats(progType));
  if (formats) set({ formats });
}

export async function dissectInput(hex: string): Promise<void> {
  const layers = await answered(engine().api.tools.dissect(hex));
  if (layers) set({ layers });
}

/** Reads a pcap or pcapng file. Its first packet becomes the input. */
export async function openCapture(file: Blob): Promise<void> {
  const read = await answered(engine().api.tools.readCapture(new Uint8Array(await file.arrayBuffer())));
  if (read === undefined) return;
  if (typeof read === "string") return set({ fault: read });
  set({ captured: read, fault: read.length === 0 ? "there are no packets in this file" : "" });
  if (read[0]) setInputBytes("packet", read[0].hex);
}

/** false: the text is no dump. `fault` says why. */
export async function inputFromDump(text: string): Promise<boolean> {
  const read = await answered(engine().api.tools.readDump(text));
  if (!read) return false;
  set({ fault: read.fault });
  if (read.fault === "") setInputBytes("packet", read.hex);
  return read.fault === "";
}

export const forgetFault = (): void => set({ fault: "" });
