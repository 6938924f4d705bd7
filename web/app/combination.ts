// Names of key combinations: `C-` Ctrl or Command, `A-` Alt, `S-` Shift, then KeyboardEvent.key.

type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/**
 * The name of the pressed combination. With Alt the key's position counts, because Option makes other letters on a Mac. Shift is named only
 * if the key does not show it: `?` is a key of its own, Shift+F10 and Ctrl+Shift+Z are not.
 */
export function keyName({ key, code, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string {
  const control = ctrlKey || metaKey;
  const plain = altKey ? (/^(?:Digit|Key)(.)$/.exec(code)?.[1]?.toLowerCase() ?? key) : key;
  const letter = plain.length === 1 && control ? plain.toLowerCase() : plain;
  const shift = shiftKey && (control || plain.length > 1);
  return `${control ? "C-" : ""}${altKey ? "A-" : ""}${shift ? "S-" : ""}${letter}`;
}

const CAPS: Readonly<Record<string, string>> = {
  "C-": "Ctrl",
  "A-": "Alt",
  "S-": "Shift",
  Escape: "Esc",
  " ": "Space",
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageUp: "PgUp",
  PageDown: "PgDn",
};
const MAC_CAPS: Readonly<Record<string, string>> = { ...CAPS, "C-": "⌘", "A-": "⌥", "S-": "⇧" };

/** The labels of the keys to press, one word per key. */
export function keyCaps(name: string, mac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "")): string[] {
  const [, modifiers = "", key = ""] = /^((?:[CAS]-)*)(.+)$/.exec(name) ?? [];
  const caps = mac ? MAC_CAPS : CAPS;
  return [...(modifiers.match(/../g) ?? []), key].map(
    (one) => caps[one] ?? (one.length === 1 ? one.toUpperCase() : one),
  );
}
