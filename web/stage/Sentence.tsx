// A sentence on the stage: code, strong words, and blanks. The first `open` blanks are uncovered.

import { pieces } from "../lessons/scene.ts";
import { useStageText } from "./useStageText.ts";

export function Sentence({ text, open }: { readonly text: string; readonly open: number }) {
  const words = useStageText();
  let blank = 0;
  return pieces(text).map((piece, i) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence keep their order
    if (piece.kind === "code") return <code key={i}>{piece.text}</code>;
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence keep their order
    if (piece.kind === "strong") return <strong key={i}>{piece.text}</strong>;
    if (piece.kind === "text") return piece.text;
    const isOpen = blank++ < open;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence keep their order
      <span key={i} className="blank" data-open={isOpen || undefined}>
        {isOpen ? (
          piece.text
        ) : (
          <>
            <span className="visually-hidden">{words.blank}</span>
            <span aria-hidden="true">？</span>
          </>
        )}
      </span>
    );
  });
}
