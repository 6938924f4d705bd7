// The messages between the stage and the speaker's window. They stay on this device and need no network.
import type { SpeakerView } from "../../stage/speaker-view.ts";

export type SpeakerUpdate = SpeakerView | { readonly kind: "bye" };
export type SpeakerRequest =
  | { readonly kind: "hello" }
  | { readonly kind: "advance"; readonly by: 1 | -1 }
  | { readonly kind: "home" | "end" | "black" | "restart" };

export interface Clicker {
  readonly advance: (by: 1 | -1) => void;
  readonly home: () => void;
  readonly end: () => void;
  readonly toggleBlack: () => void;
  readonly restartClock: () => void;
}

const ID_KEY = "oreore.speaker";

/** Names this tab, so that two presenting tabs do not use one speaker's window. */
function speakerId(): string {
  try {
    const saved = sessionStorage.getItem(ID_KEY);
    if (saved) return saved;
    const fresh = crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? "1";
    sessionStorage.setItem(ID_KEY, fresh);
    return fresh;
  } catch {
    return "1";
  }
}
export const channelName = (id: string): string => `oreore.present.${id}`;

export function openSpeaker(): void {
  const { pathname } = location;
  window.open(`${pathname}?speaker=${speakerId()}`, "oreore-speaker", "popup,width=980,height=680");
}

/** Answers the window's requests, and tells it what is on the stage whenever the returned function is called. */
export function tellSpeaker(
  clicker: Clicker,
  view: () => SpeakerView,
): { readonly tell: () => void; readonly close: () => void } {
  if (typeof BroadcastChannel === "undefined") return { tell: () => {}, close: () => {} };
  const channel = new BroadcastChannel(channelName(speakerId()));
  const tell = (): void => channel.postMessage(view());
  channel.onmessage = ({ data }: MessageEvent<SpeakerRequest>) => {
    if (data.kind === "hello") tell();
    else if (data.kind === "advance") clicker.advance(data.by);
    else if (data.kind === "home") clicker.home();
    else if (data.kind === "end") clicker.end();
    else if (data.kind === "black") clicker.toggleBlack();
    else if (data.kind === "restart") clicker.restartClock();
  };
  return {
    tell,
    close: () => {
      channel.postMessage({ kind: "bye" } satisfies SpeakerUpdate);
      channel.close();
    },
  };
}
