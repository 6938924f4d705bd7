// What to do if nothing can be checked: nothing is written yet, or C was pasted. Loaded when that happens.
import { useVerifierTexts } from "../../i18n/verifier.ts";
import { openDialog } from "../../stores/page/dialog.ts";
import { writeSource } from "../../stores/program/program.ts";
import { Prose } from "../../ui/Prose.tsx";

/** The smallest program that a kernel loads. */
const SMALLEST = "BPF_MOV64_IMM(BPF_REG_0, 0),\nBPF_EXIT_INSN(),\n";

/** How to compile C to an object that the page opens. */
const COMPILE = "clang -O2 -g -target bpf -c prog.c -o prog.o";

export default function SourceHelp({ what }: { readonly what: "c-source" | "no-instructions" }) {
  const { help } = useVerifierTexts();
  return (
    <div className="source-help" data-testid="source-help">
      {what === "c-source" ? (
        <>
          <p>{help.compile}</p>
          <pre lang="en">{COMPILE}</pre>
          <p>{help.drop}</p>
          <button type="button" className="button" onClick={() => openDialog("files")}>
            {help.file}
          </button>
        </>
      ) : (
        <>
          <p>
            <Prose text={help.write} />
          </p>
          <pre lang="en">{SMALLEST}</pre>
          <button type="button" className="button" onClick={() => writeSource(SMALLEST)}>
            {help.put}
          </button>{" "}
          <button type="button" className="button" onClick={() => openDialog("gallery")}>
            {help.examples}
          </button>
        </>
      )}
    </div>
  );
}
