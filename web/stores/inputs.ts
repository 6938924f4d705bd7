// What can be given to a program that a packet or a context makes run: built-in packets, those of a capture, a pasted dump,
// the fields of a struct or record. What is chosen is the program's input.
import { create } from "zustand";
import type { EventFormatView, LayerView, PacketView } from "../../engine/index.ts";
import { answered, engine } from "./engine.ts";
import { editInput } from "./program.ts";

export interface InputsState {
  readonly packets: readonly PacketView[];
  readonly captured: readonly PacketView[];
  /** Why a file or a text was not read, English; "". */
  readonly fault: string;
  readonly formats: readonly EventFormatView[];
  /** Headers of the input as it stands, for where no run shows a packet. */
  readonly layers: readonly LayerView[];
}

export const useInputs = create<InputsState>()(() => ({
  packets: [],
  captured: [],
  fault: "",
  formats: [],
  layers: [],
}));
const { setState: set } = useInputs;

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

/** A pcap or pcapng file; its first packet becomes the input. */
export async function openCapture(file: Blob): Promise<void> {
  const read = await answered(engine().api.tools.readCapture(new Uint8Array(await file.arrayBuffer())));
  if (read === undefined) return;
  if (typeof read === "string") return set({ fault: read });
  set({ captured: read, fault: read.length === 0 ? "there are no packets in this file" : "" });
  if (read[0]) editInput(read[0].hex);
}

/** False where the text is no dump; `fault` says why. */
export async function takeDump(text: string): Promise<boolean> {
  const read = await answered(engine().api.tools.readDump(text));
  if (!read) return false;
  set({ fault: read.fault });
  if (read.fault === "") editInput(read.hex);
  return read.fault === "";
}

export const forgetFault = (): void => set({ fault: "" });
