// A terminal on the real Linux: xterm.js on its first serial line.
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { useEffect, useRef, useState } from "react";
import "@xterm/xterm/css/xterm.css";
import { useLinuxTexts } from "../i18n/linux.ts";
import { copyOrSay } from "../ui/copy.ts";
import { onConsole, tellMachineLost, withMachine } from "./store.ts";

const CTRL_C = "\x03";
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const send = (bytes: Uint8Array): Promise<void> => withMachine((machine) => machine.type(bytes));
/** Sends an empty line to get a prompt. The first prompt was printed before the state was saved. */
const greet = async ({ cols, rows }: Terminal): Promise<void> =>
  withMachine(async (machine) => {
    await machine.resize(cols, rows);
    await machine.type(bytesOf("\r"));
  });

export default function RealConsole() {
  const text = useLinuxTexts();
  const screen = useRef<HTMLDivElement>(null);
  const terminal = useRef<Terminal | null>(null);
  /** Keys wait for the greeting: otherwise its empty line would end a command that is being typed. */
  const greeted = useRef<Promise<void>>(Promise.resolve());
  const sendTyped = (bytes: Uint8Array): void => void greeted.current.then(() => send(bytes));
  const [note, setNote] = useState("");

  // biome-ignore lint/correctness/useExhaustiveDependencies: the terminal is made once
  useEffect(() => {
    const { current } = screen;
    if (!current) return;
    const term = new Terminal({
      fontFamily: getComputedStyle(current).getPropertyValue("--font-code"),
      fontSize: 13,
      theme: { background: "#101113", foreground: "#eeeff1" },
      screenReaderMode: true,
      scrollback: 2000,
    });
    const fit = new FitAddon();
    term.loadAddon(fit);
    term.open(current);
    terminal.current = term;
    const silence = onConsole((bytes) => term.write(bytes));
    const typed = term.onData((data) => sendTyped(bytesOf(data)));
    const binary = term.onBinary((data) => sendTyped(Uint8Array.from(data, (char) => char.charCodeAt(0))));
    const sized = term.onResize(({ cols, rows }) => void withMachine((machine) => machine.resize(cols, rows)));
    const watch = new ResizeObserver(() => fit.fit());
    watch.observe(current);
    fit.fit();
    greeted.current = greet(term);
    term.focus();
    return () => {
      watch.disconnect();
      silence();
      for (const one of [typed, binary, sized]) one.dispose();
      term.dispose();
      terminal.current = null;
    };
  }, []);

  const reset = async (): Promise<void> => {
    const ms = await withMachine((machine) => machine.reset());
    if (ms === undefined) return;
    tellMachineLost();
    terminal.current?.reset();
    if (terminal.current) greeted.current = greet(terminal.current);
    setNote(text.resetTook(ms));
  };
  const copy = async (): Promise<void> => {
    const { current } = terminal;
    if (!current) return;
    const marked = current.getSelection();
    if (marked === "") current.selectAll();
    await copyOrSay(marked || current.getSelection().trimEnd());
    if (marked === "") current.clearSelection();
  };
  return (
    <div className="real-console" data-testid="linux-console">
      <p className="real__note">{text.consoleHint}</p>
      <div className="real-console__tools">
        <button type="button" className="button" onClick={() => void send(bytesOf(CTRL_C))}>
          {text.interrupt}
        </button>
        <button type="button" className="button" onClick={() => void copy()}>
          {text.copy}
        </button>
        <button type="button" className="button" data-testid="linux-reset" onClick={() => void reset()}>
          {text.reset}
        </button>
        <span className="hint" role="status">
          {note}
        </span>
      </div>
      <div ref={screen} className="real-console__screen" lang="en" />
    </div>
  );
}
