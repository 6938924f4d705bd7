// Opens what the address names. The page opens with every link. What cannot be used is refused with a sentence.

import { revealSlot } from "../stores/check/reveal.ts";
import { freshCheck } from "../stores/check/verdict.ts";
import { restoreLayout } from "../stores/page/layout.ts";
import { environmentForLink, openEnvironment } from "../stores/program/environment.ts";
import { setMapContents } from "../stores/program/map-contents.ts";
import {
  backToNoAddress,
  openExample,
  openNamed,
  openProgram,
  openSite,
  openTalk,
  showNotice,
} from "../stores/program/program.ts";
import { setCondition, useBreakpoints } from "../stores/run/breakpoints.ts";
import type { LinkFault, LinkState } from "./codec.ts";
import { ownTypeOf } from "./own-type.ts";

let first: Promise<void> | undefined;

/**
 * Reads the address, at the start and when the fragment changes. Going back to a page without a fragment opens the reader's own program.
 */
export function openAddress(atStart = false): Promise<void> {
  const opening = openFragment(atStart);
  first ??= opening;
  return opening;
}

/** Resolves when the first address is opened. */
export const addressOpened = (): Promise<void> => first ?? Promise.resolve();

async function openFragment(atStart: boolean): Promise<void> {
  if (location.hash.length < 2) {
    if (!atStart) await backToNoAddress();
    return;
  }
  const { decodeLink, stateOfSource } = await import("./codec.ts");
  const link = await decodeLink(location.hash);
  if (link.kind === "fault") refuse(link.fault);
  else if (link.kind === "example") await openExample(link.name, atStart ? "start" : "address");
  else if (link.kind === "lesson") await openNamed(link.name);
  else if (link.kind === "file") await openSite(link.path, link.at);
  else if (link.kind === "talk") await openTalk();
  else if (link.kind === "source") openProgram(stateOfSource(link.source), {});
  else if (link.kind === "state") await openState(link.state);
}

/** A state from a link or a file. */
export async function openState(state: LinkState): Promise<void> {
  if (state.lesson && (await (await import("../stores/lesson/lesson.ts")).openLinkedLesson(state))) return;
  const own = await ownTypeOf(state);
  if (!own) return refuse("definition");
  if (state.seed !== undefined || state.cpu !== undefined || Object.keys(environmentForLink()).length > 0)
    await openEnvironment({
      ...(state.seed !== undefined && { seed: state.seed }),
      ...(state.cpu !== undefined && { cpu: state.cpu }),
    });
  const { step = null, slot, view, views, breakpoints = [] } = state;
  const asked = { askedStep: step, ...own };
  const answered = state.lesson && (await (await import("../stores/lesson/lesson.ts")).openAnswer(state, asked));
  if (!answered) openProgram(state, asked);
  setMapContents(state.contents ?? {}); // after: another program begins with empty maps
  restoreLayout(view, views, Boolean(answered));
  useBreakpoints.setState({ breakpoints: [] });
  for (const [line, when] of breakpoints) void setCondition(line, when);
  // An instruction has a line only after the text is assembled.
  if (slot !== undefined) void freshCheck().then(() => revealSlot(slot, false));
  if (answered && state.lesson)
    void (await import("../stores/lesson/repeat-acts.ts")).repeatActs(answered, state.lesson.acts, step ?? 0);
}

const refuse = (fault: LinkFault): void => showNotice({ kind: "link-fault", fault });
