// A quiet button with a picture. Its words are its accessible name and its tooltip.
import type { LucideIcon } from "lucide-react";

interface Props {
  readonly label: string;
  readonly Icon: LucideIcon;
  readonly act: () => void;
  readonly off?: boolean | undefined;
  /** For a button that stays pressed. */
  readonly on?: boolean | undefined;
  /** Side of the picture in pixels. */
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
