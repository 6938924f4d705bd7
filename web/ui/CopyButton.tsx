// A button that copies a text and says whether it did.
import { CircleCheck, Copy } from "lucide-react";
import { useState } from "react";
import { useText } from "../i18n/index.ts";
import { copyOrSay } from "./copy.ts";

export function CopyButton({ label, make }: { readonly label: string; readonly make: () => string | Promise<string> }) {
  const text = useText();
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    if (!(await copyOrSay(await make()))) return;
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button
      type="button"
      className="button button--quiet button--icon"
      title={label}
      aria-label={done ? text.verdict.copied : label}
      onClick={() => void copy()}
    >
      {done ? <CircleCheck size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
    </button>
  );
}
