// Inside another page: program and machine, the verdict between them, and a way to the whole playground.
import { ExternalLink } from "lucide-react";
import type { MouseEvent } from "react";
import { useText } from "../i18n/index.ts";
import { makeLink } from "../links/share.ts";
import { EditorPane } from "../panes/editor/EditorPane.tsx";
import { MachinePane } from "../panes/machine/MachinePane.tsx";
import { VerifierPane } from "../panes/verifier/VerifierPane.tsx";

export function Embed({ phone }: { readonly phone: boolean }) {
  const text = useText();
  const open = (event: MouseEvent): void => {
    event.preventDefault();
    void makeLink(true).then((link) => window.open(link, "_blank", "noopener"));
  };
  return (
    <div className="embed">
      <div className="embed__write">
        <EditorPane phone={phone} />
        <VerifierPane />
      </div>
      <div className="embed__run">
        <MachinePane />
      </div>
      <a className="embed__open" href="./" target="_blank" rel="noopener" onClick={open}>
        <ExternalLink size={14} aria-hidden="true" />
        {text.header.openPlayground}
      </a>
    </div>
  );
}
