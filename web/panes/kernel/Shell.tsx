// The shell: what was typed and printed, and a line for the next command, with history (arrows) and completion (Tab). If nothing can be
// completed, Tab leaves the line as everywhere.
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useText } from "../../i18n/index.ts";
import { completeLine, runLine, useKernel } from "../../stores/kernel/kernel.ts";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";

export default function Shell() {
  const text = useText();
  const session = useKernel((s) => s.terminal);
  const [line, setLine] = useState("");
  /** How many lines back in the history. 0: the line that is being typed. */
  const [back, setBack] = useState(0);
  const [choices, setChoices] = useState<readonly string[]>([]);
  const typed = useRef("");
  const log = useRef<HTMLElement>(null);
  useEffect(() => {
    if (session.length > 0) log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [session]);

  const type = (next: string) => {
    setLine(next);
    setBack(0);
    setChoices([]);
  };
  const recall = (next: number) => {
    const lines = session.map((entry) => entry.line);
    if (next < 0 || next > lines.length) return;
    if (back === 0) typed.current = line;
    setBack(next);
    setChoices([]);
    setLine(next === 0 ? typed.current : (lines.at(-next) as string));
  };
  const fill = async () => {
    const words = await completeLine(line);
    const [only] = words;
    if (only === undefined) return;
    const start = line.length - (/[^\s;|&>]*$/.exec(line)?.[0].length ?? 0);
    setLine(line.slice(0, start) + (words.length === 1 ? only + (only.endsWith("/") ? "" : " ") : shared(words)));
    setChoices(words.length > 1 ? words : []);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.nativeEvent.isComposing) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      recall(event.key === "ArrowUp" ? back + 1 : back - 1);
    } else if (event.key === "Tab" && !event.shiftKey && /\S$/.test(line)) {
      event.preventDefault();
      void fill();
    }
  };

  return (
    <div className="shell shell--free" lang="en">
      {session.length > 0 && (
        <ScrollRegion ref={log} className="shell__last" aria-label={text.kernel.commandOutput} aria-live="polite">
          {session.map((entry) => (
            <div key={entry.id}>
              <code className="shell__prompt"># {entry.line}</code>
              {entry.output !== "" && <pre data-failed={entry.failed || undefined}>{entry.output}</pre>}
            </div>
          ))}
        </ScrollRegion>
      )}
      <form
        className="shell__line"
        onSubmit={(event) => {
          event.preventDefault();
          if (line.trim() === "") return;
          void runLine(line);
          type("");
        }}
      >
        <span className="shell__prompt" aria-hidden="true">
          #
        </span>
        <input
          className="shell__command"
          aria-label={text.kernel.command}
          placeholder="bpftool prog dump xlated id 1"
          value={line}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onKeyDown={keys}
          onChange={(event) => type(event.currentTarget.value)}
        />
      </form>
      {choices.length > 0 && (
        <output className="shell__choices">
          {choices.map((word) => (
            <code key={word}>{word.replace(/^.*\/(?=.)/, "")}</code>
          ))}
        </output>
      )}
    </div>
  );
}

/** The longest common beginning of the words. */
function shared(words: readonly string[]): string {
  const [first = "", ...rest] = words;
  let length = first.length;
  for (const word of rest) while (!word.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
