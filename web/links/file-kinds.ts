// The kind of a file, by its first bytes and its name: text, instructions, a saved state, or nothing that the page takes.

export type FileFault = "too-large" | "binary" | "json" | "empty";

export type FileKind =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "state"; readonly text: string }
  /** A compiler's object. The engine says what is in it. */
  | { readonly kind: "object" }
  /** Types of a kernel, as in /sys/kernel/btf/vmlinux. */
  | { readonly kind: "types" }
  | { readonly kind: "fault"; readonly fault: FileFault };

/** The most bytes of a text or of instructions. */
export const MOST = 1_000_000;

/** `size`: the file's. `bytes`: what has been read of it. Raw instructions become hex text. */
export function kindOf(name: string, size: number, bytes: Uint8Array): FileKind {
  if (bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46) return { kind: "object" };
  // BTF's magic number, little-endian, and its version.
  if (bytes[0] === 0x9f && bytes[1] === 0xeb && bytes[2] === 1) return { kind: "types" };
  if (size > MOST) return { kind: "fault", fault: "too-large" };
  if (bytes.length === 0) return { kind: "fault", fault: "empty" };
  const text = asText(bytes);
  if (text !== undefined) {
    if (text.trim() === "") return { kind: "fault", fault: "empty" };
    return { kind: /\.json$/i.test(name) || /^\s*\{\s*"source"/.test(text) ? "state" : "text", text };
  }
  if (bytes.length % 8 !== 0) return { kind: "fault", fault: "binary" };
  return { kind: "text", text: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ") };
}

/** undefined: not UTF-8, or characters that no text has. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what tells a binary file
    return /[\0-\x08\x0e-\x1f]/.test(text) ? undefined : text.replace(/\r\n?/g, "\n");
  } catch {
    return undefined;
  }
}

/** A file name made from a title. */
export const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "") || "program";
