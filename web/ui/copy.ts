// Copies a text to the clipboard, for all who do.
import { showNotice } from "../stores/program/program.ts";

/** false: not allowed here (an insecure address, a frame without the permission). The caller says so. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The same where there is no place to say that it failed: the page's notice does. */
export async function copyOrSay(text: string): Promise<boolean> {
  const done = await copyText(text);
  if (!done) showNotice({ kind: "not-copied" });
  return done;
}
