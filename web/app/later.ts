// What the first drawing does not wait for: keys and commands, undo, versions to compare with, the list of the last programs, files dropped
// on the page. It starts as soon as this script is there, beside the first drawing.
import { followLoadedPrograms } from "../stores/history/recent.ts";
import { followForUndo } from "../stores/history/undo.ts";
import { followVersions } from "../stores/history/versions.ts";
import { useSettings } from "../stores/page/settings.ts";
import { useProgram } from "../stores/program/program.ts";
import { listenToKeys } from "./keys.ts";

export function startLater(): void {
  listenToKeys();
  followForUndo();
  followLoadedPrograms();
  followVersions();
  if (!useSettings.getState().readOnly) {
    openDroppedFiles();
    openPastedFiles();
  }
  document.documentElement.dataset.listening = "true"; // the end-to-end tests wait for it
}

/** Opens dropped files that are not lessons (app/Lesson.tsx takes those) and that no pane took. */
function openDroppedFiles(): void {
  window.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  window.addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    openLater(file);
  });
}

/** A file that was copied, wherever it is pasted: the editor's own paste is for text. */
function openPastedFiles(): void {
  const paste = (event: ClipboardEvent): void => {
    const file = event.clipboardData?.files[0];
    if (!file) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    openLater(file);
  };
  window.addEventListener("paste", paste, { capture: true });
}

function openLater(file: File): void {
  const { openCount } = useProgram.getState();
  void import("../links/files.ts").then(({ openFile }) => {
    if (useProgram.getState().openCount === openCount) void openFile(file);
  });
}
