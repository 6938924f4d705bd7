// What starts after the first paint: keys and commands, undo, versions to compare with, the list of the last programs, files dropped on the
// page.
import { followForHistory } from "../stores/history/recent.ts";
import { followForUndo } from "../stores/history/undo.ts";
import { followVersions } from "../stores/history/versions.ts";
import { useSettings } from "../stores/page/settings.ts";
import { useProgram } from "../stores/program/program.ts";
import { listenToKeys } from "./keys.ts";

export function startLater(): void {
  listenToKeys();
  followForUndo();
  followForHistory();
  followVersions();
  if (!useSettings.getState().readOnly) openDroppedFiles();
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
    const { opened } = useProgram.getState();
    void import("../links/files.ts").then(({ openFile }) => {
      if (useProgram.getState().opened === opened) void openFile(file);
    });
  });
}
