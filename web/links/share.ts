// The page's state as a link, which also goes into the address: only here does the address change while the same program is open.

import { useVerdict } from "../stores/check/verdict.ts";
import { useFocus } from "../stores/page/focus.ts";
import { useLayout } from "../stores/page/layout.ts";
import { useSettings } from "../stores/page/settings.ts";
import { slotOfLine } from "../stores/program/lines.ts";
import { useProgram } from "../stores/program/program.ts";
import { useMachine } from "../stores/run/machine.ts";
import type { LinkState } from "./codec.ts";
import { programOfPage } from "./page-state.ts";

/** What a link holds. The reader's place (step, instruction, layout, views) only if asked for. */
export async function stateOfPage(withPlace: boolean): Promise<LinkState> {
  const { lesson: number } = useProgram.getState();
  // Only the module that opened the lesson knows it.
  const lesson = number === 0 ? undefined : (await import("../stores/lesson/lesson.ts")).lessonForLink();
  return { ...programOfPage(), ...(withPlace && place()), ...(lesson && { lesson }) };
}

function place(): Partial<LinkState> {
  const { run, position } = useMachine.getState();
  const { layout, views } = useLayout.getState();
  const chosen = Object.entries(views).filter(([, view]) => view !== "");
  const slot = slotOfLine(useVerdict.getState().check, useFocus.getState().line);
  return {
    ...(run && { step: position }),
    ...(slot > 0 && { slot }),
    ...(layout !== "write" && { view: layout }),
    ...(chosen.length > 0 && { views: Object.fromEntries(chosen) }),
  };
}

/** Whether the page differs from a freshly opened one in its place: step, instruction, layout, views. */
export const hasPlace = (): boolean => Object.entries(place()).some(([key, value]) => key !== "step" || value !== 0);

/** The whole address of the page as it is. An unchanged example has its own short and readable address. */
export async function linkTo(withPlace: boolean): Promise<string> {
  const { encodeLink } = await import("./codec.ts");
  const { origin, pathname } = location;
  const state = await stateOfPage(withPlace);
  const hash = (await isUntouched(state)) ? `#example/${useProgram.getState().example}` : await encodeLink(state);
  return `${origin === "null" ? "" : origin}${pathname}${hash}`;
}

/** Whether the state has only what the example itself brings. */
async function isUntouched({ source, progType, maps, input, step = 0, ...more }: LinkState): Promise<boolean> {
  const { example: name } = useProgram.getState();
  if (name === "" || step !== 0 || Object.keys(more).length > 0) return false;
  const { EXAMPLES } = await import("../gallery/examples.ts");
  return EXAMPLES.some((example) => example.name === name && example.input === input);
}

/** Counts the links that were asked for with makeLink. */
let asked = 0;

/**
 * The same, and puts it into the address. The address stays inside another page, and if the link is out of date: meanwhile another
 * program was opened, this one was edited, or another link was asked for.
 */
export async function makeLink(withPlace: boolean): Promise<string> {
  const mine = ++asked;
  const { openCount, revision } = useProgram.getState();
  const link = await linkTo(withPlace);
  const now = useProgram.getState();
  const isNewest = mine === asked && openCount === now.openCount && revision === now.revision;
  if (isNewest && !useSettings.getState().embed) history.replaceState(null, "", link.slice(link.indexOf("#")));
  return link;
}
