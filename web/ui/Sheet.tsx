// A sheet on the browser's own <dialog>. A modal sheet keeps the focus inside, and the page behind it is inert. Any other sheet hangs below
// the header: the page stays usable, and typing goes on. Escape closes both.
import { X } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useRef } from "react";

interface SheetProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly modal?: boolean;
  readonly className?: string;
  /** What gets the focus first in a sheet that is not modal. */
  readonly first?: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Sheet({ title, closeLabel, modal = true, className = "", first, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (modal) element?.showModal();
    else {
      element?.show();
      if (before?.matches("input, textarea") && before instanceof HTMLElement) before.focus({ preventScroll: true });
      else first?.current?.focus();
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !modal) close.current();
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
      element?.close();
      if (!modal && before instanceof HTMLElement) before.focus();
    };
  }, [modal, first]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it for the keyboard
    <dialog
      ref={dialog}
      className={`sheet ${modal ? "" : "sheet--hanging"} ${className}`}
      aria-label={title}
      // A file chooser that is closed without a choice sends a `cancel` of its own through here.
      onCancel={(event) => event.target === dialog.current && onClose()}
      onClick={(event) => modal && event.target === dialog.current && onClose()}
    >
      <div className="sheet__inner">
        <div className="sheet__head">
          <h2>{title}</h2>
          <button
            type="button"
            className="button button--quiet button--icon"
            aria-label={closeLabel}
            onClick={() => onClose()}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
