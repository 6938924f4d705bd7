// What runs the program: echo and cat on the module's file, or a test run, each with its answer below.
import { lazy, type ReactNode } from "react";
import { useText } from "../../i18n/index.ts";
import { hookPath, read, testRun, useKernel, write } from "../../stores/kernel/kernel.ts";
import { editInput, useProgram } from "../../stores/program/program.ts";
import { useMachine } from "../../stores/run/machine.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { returnText } from "../machine/format.ts";

const CauseText = lazy(() => import("../../ui/CauseText.tsx"));

export function HookFile() {
  const text = useText();
  const input = useProgram((s) => s.input);
  const output = useKernel((s) => s.output);
  const hook = useKernel(hookPath);
  const refused = output?.failed ? output.from : "";
  return (
    <div className="shell">
      <form
        className="shell__line"
        onSubmit={(event) => {
          event.preventDefault();
          void write();
        }}
      >
        <Prompt>echo</Prompt>
        <input
          className="field field--code shell__input"
          data-testid="sysfs-input"
          aria-label={text.kernel.input}
          value={input}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={(event) => editInput(event.currentTarget.value)}
        />
        <code className="shell__path" aria-hidden="true">
          &gt; {hook}
        </code>
        <button type="submit" className="button" data-testid="sysfs-write" title={text.kernel.writeTitle(hook)}>
          {text.kernel.write}
        </button>
      </form>
      {refused === "write" && <Answer />}
      <div className="shell__line">
        <Prompt>cat {hook}</Prompt>
        <span className="spacer" />
        <button
          type="button"
          className="button"
          data-testid="sysfs-read"
          title={text.kernel.readTitle(hook)}
          onClick={() => void read()}
        >
          {text.kernel.read}
        </button>
      </div>
      {refused !== "write" && <Answer />}
    </div>
  );
}

/** What the last command printed. For a failed call: the errno, what the shell prints, and the reason as a sentence. */
function Answer() {
  const text = useText();
  const output = useKernel((s) => s.output);
  return (
    <>
      <div className="shell__line shell__line--out">
        <output
          className="shell__output"
          data-testid="sysfs-output"
          data-failed={output?.failed || undefined}
          data-empty={output === null || output.text === "" || undefined}
          aria-label={text.kernel.output}
        >
          {(output?.text ?? "").replace(/\n$/, "")}
        </output>
        {output?.failed && <code className="shell__said">{output.shellMessage}</code>}
      </div>
      {output?.cause && (
        <LazyPart>
          <CauseText cause={output.cause} />
        </LazyPart>
      )}
    </>
  );
}

const Prompt = ({ children }: { readonly children: ReactNode }) => (
  <>
    <span className="shell__prompt" aria-hidden="true">
      #
    </span>
    <code className="shell__path" aria-hidden="true">
      {children}
    </code>
  </>
);

/** For program types that a packet or a context runs. */
export function TestRun() {
  const text = useText();
  const input = useProgram((s) => s.input);
  const isLoaded = useKernel((s) => s.fd >= 0);
  const end = useMachine((s) => (s.origin === "test" ? s.run?.end : undefined));
  return (
    <div className="shell">
      <form
        className="shell__line"
        onSubmit={(event) => {
          event.preventDefault();
          void testRun();
        }}
      >
        <input
          className="field field--code shell__input"
          aria-label={text.kernel.packet}
          placeholder={text.kernel.packet}
          value={input}
          spellCheck={false}
          onChange={(event) => editInput(event.currentTarget.value)}
        />
        <button
          type="submit"
          className="button"
          disabled={!isLoaded}
          title={isLoaded ? undefined : text.kernel.loadFirst}
        >
          {text.kernel.testRun}
        </button>
      </form>
      {end && (
        <div className="shell__line shell__line--out">
          <output className="shell__output" data-failed={end.kind !== "exit" || undefined}>
            {end.kind === "exit" ? returnText(end) : text.result.stopped}
          </output>
        </div>
      )}
    </div>
  );
}
