// A quiet button that is a picture: its words are its name and its tip.
import type { LucideIcon } from "lucide-react";

interface Props {
  readonly label: string;
  readonly Icon: LucideIcon;
  readonly act: () => void;
  readonly off?: boolean | undefined;
  /** For a button that stays pressed. */
  readonly on?: boolean | undefined;
  /** Pixels of the picture's side. */
  readonly size?: number;
}

export function IconButton({ label, Icon, act, off = false, on, size = 15 }: Props) {
  return (
    <button
      type="button"
      className="button button--quiet button--icon"
      aria-label={label}
      title={label}
      aria-pressed={on}
      disabled={off}
      onClick={act}
    >
      <Icon size={size} aria-hidden="true" />
    </button>
  );
}
