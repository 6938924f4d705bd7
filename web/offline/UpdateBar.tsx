// Offers a newer version of the page. It is loaded when the reader says so. Lies over the page, with a root of its own.
import { X } from "lucide-react";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import type { Texts } from "../../engine/index.ts";
import { useSettings } from "../stores/page/settings.ts";
import "./update.css";

const WORDS: Readonly<Record<"ready" | "take" | "later", Texts>> = {
  ready: {
    en: "A newer version of this page is here. Your program is kept.",
    ja: "このページの新しい版があります。プログラムはそのまま残ります。",
  },
  take: { en: "Load it", ja: "読み込む" },
  later: { en: "Later", ja: "あとで" },
};

function UpdateBar({ take }: { readonly take: () => void }) {
  const language = useSettings((s) => s.language);
  const [shown, show] = useState(true);
  return (
    <div role="status" className="update-place">
      {shown && (
        <div className="update">
          <span>{WORDS.ready[language]}</span>
          <button type="button" className="button" onClick={take}>
            {WORDS.take[language]}
          </button>
          <button
            type="button"
            className="button button--quiet button--icon"
            aria-label={WORDS.later[language]}
            onClick={() => show(false)}
          >
            <X size={15} aria-hidden="true" />
          </button>
        </div>
      )}
    </div>
  );
}

let offered = false;

/** Asks once. `take` loads the newer version. */
export function offerUpdate(take: () => void): void {
  if (offered) return;
  offered = true;
  const place = document.body.appendChild(document.createElement("aside"));
  createRoot(place).render(<UpdateBar take={take} />);
}
