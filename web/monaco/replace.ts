// Replaces the text when undo or redo restores a program. Only the differing part is replaced, so that folds and scrolling stay and the
// cursor is at the change.
import { monaco } from "./core.ts";

export function replaceText(editor: monaco.editor.ICodeEditor, source: string): void {
  const model = editor.getModel();
  if (!model) return;
  const now = model.getValue(monaco.editor.EndOfLinePreference.LF);
  if (now === source) return;
  model.setEOL(monaco.editor.EndOfLineSequence.LF);
  let start = 0;
  while (start < now.length && now[start] === source[start]) start++;
  let end = 0;
  while (end < Math.min(now.length, source.length) - start && now.at(-1 - end) === source.at(-1 - end)) end++;
  const range = monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(now.length - end));
  model.pushEditOperations(null, [{ range, text: source.slice(start, source.length - end) }], () => null);
  const cursor = model.getPositionAt(source.length - end);
  editor.setPosition(cursor);
  editor.revealPositionInCenterIfOutsideViewport(cursor);
}
