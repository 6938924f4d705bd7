// A sentence with `code` between backticks, as the engine writes it.
export function Prose({ text }: { readonly text: string }) {
  return text.split("`").map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no other name
    i % 2 === 1 ? <code key={i}>{part}</code> : part,
  );
}
