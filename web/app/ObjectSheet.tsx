// A BPF object: its programs, maps and types as a tree, and the shown program with its lines of C, its verdict, log and CO-RE relocations.
import { Tabs } from "@base-ui/react/tabs";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Ban, CircleCheck, CircleHelp } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ObjectLoadView, ObjectView } from "../../engine/index.ts";
import { type ObjectTexts, useObjectTexts } from "../i18n/object.ts";
import { askForFile } from "../links/files.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { type Language, useSettings } from "../stores/page/settings.ts";
import { baseName, openAsMacros, showProgram, takeTypes, useObject } from "../stores/program/object.ts";
import { Sheet } from "../ui/Sheet.tsx";
import "./object.css";

export default function ObjectSheet() {
  const text = useObjectTexts();
  const language = useSettings((s) => s.language);
  const { fileName, object, fault, at, load, refusal } = useObject();
  return (
    <Sheet title={fileName} closeLabel={text.close} className="object" onClose={closeDialog}>
      {fault !== null && (
        <p className="object__fault" role="alert" data-testid="object-fault">
          {fault[language]}
        </p>
      )}
      {object !== null && (
        <div className="object__body" data-testid="object">
          <div className="object__side">
            <Tree object={object} at={at} text={text} />
            {object.needsKernel && <Types text={text} />}
          </div>
          <section className="object__program">
            {refusal !== null && <p className="object__fault">{refusal[language]}</p>}
            {refusal === null && load === null && at >= 0 && <p className="hint">{text.waiting}</p>}
            {load !== null && <Program key={at} load={load} text={text} />}
          </section>
        </div>
      )}
    </Sheet>
  );
}

function Tree({ object, at, text }: { object: ObjectView; at: number; text: ObjectTexts }) {
  return (
    <nav className="object__tree" aria-label={object.name}>
      <details open>
        <summary>{`${text.programs} (${object.programs.length})`}</summary>
        <ul>
          {object.programs.map((program, i) => (
            <li key={program.name}>
              <button
                type="button"
                className="object__item"
                aria-current={i === at}
                data-testid="object-program"
                onClick={() => void showProgram(i)}
              >
                <strong>{program.name}</strong>
                <span className="hint">{`${program.section} · ${text.insns(program.insns)}`}</span>
                {!program.autoload && <span className="hint">{text.notLoaded}</span>}
              </button>
            </li>
          ))}
        </ul>
      </details>
      <details open>
        <summary>{`${text.maps} (${object.maps.length})`}</summary>
        <ul>
          {object.maps.map((map) => (
            <li key={map.name}>
              <details>
                <summary>
                  <strong>{map.name}</strong> <span className="hint">{map.type}</span>
                </summary>
                <p className="hint">
                  {`key ${map.keySize} · value ${map.valueSize} · entries ${map.maxEntries} · flags 0x${map.flags.toString(16)}`}
                  {map.frozen && ` · ${text.frozen}`}
                  {map.pinned && ` · ${text.pinned}`}
                </p>
                {map.bytes !== "" && <code className="object__bytes">{map.bytes.replace(/(..)(?=.)/g, "$1 ")}</code>}
                {map.values.map(({ key, name }) => (
                  <p key={key} className="hint">{`[${key}] = ${name}`}</p>
                ))}
              </details>
            </li>
          ))}
        </ul>
      </details>
      <Names
        title={text.functions}
        items={object.functions.map(({ name, global, insns }) => ({
          name,
          more: `${text.insns(insns)}${global ? ` · ${text.global}` : ""}`,
        }))}
      />
      <Names
        title={text.externs}
        items={object.externs.map(({ name, kind, weak }) => ({ name, more: weak ? `${kind} · ${text.weak}` : kind }))}
      />
      <Names
        title={text.types}
        items={object.types.map(({ kind, name, size }) => ({ name: `${kind} ${name}`, more: String(size) }))}
      />
    </nav>
  );
}

/** Which kernel's types CO-RE uses. */
function Types({ text }: { text: ObjectTexts }) {
  const language = useSettings((s) => s.language);
  const types = useObject((s) => s.types);
  return (
    <div className="object__types" data-testid="object-types">
      <span className="hint">
        {types === null || types.fault !== null ? text.typesOfPage : text.typesOf(types.name, types.count)}
      </span>
      <button type="button" className="button" onClick={() => askForFile("")}>
        {text.otherTypes}
      </button>
      {types !== null && types.fault === null && (
        <button type="button" className="button" onClick={() => void takeTypes(null)}>
          {text.typesBack}
        </button>
      )}
      {types?.fault && (
        <p className="object__fault" role="alert">
          {types.fault[language]}
        </p>
      )}
    </div>
  );
}

function Names({
  title,
  items,
}: {
  title: string;
  items: readonly { readonly name: string; readonly more: string }[];
}) {
  if (items.length === 0) return null;
  return (
    <details>
      <summary>{`${title} (${items.length})`}</summary>
      <ul>
        {items.slice(0, 500).map(({ name, more }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown as a whole
          <li key={i}>
            <code>{name}</code> <span className="hint">{more}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

type Tab = "code" | "source" | "log" | "relocations";

const ICON = { accept: CircleCheck, reject: Ban, "not simulated": CircleHelp } as const;

function Program({ load, text }: { load: ObjectLoadView; text: ObjectTexts }) {
  const language = useSettings((s) => s.language);
  const sources = useObject((s) => s.sources);
  const refusedLine = lineOf(load, load.refusedAt);
  const files = [...new Set(load.lines.map(({ file }) => file))];
  const tabs: readonly (readonly [Tab, string])[] = [
    ["code", text.code],
    ...(files.length > 0 ? [["source", text.source] as const] : []),
    ...(load.log.length > 0 ? [["log", text.log] as const] : []),
    ...(load.relocations.length > 0 ? [["relocations", text.relocations(load.relocations.length)] as const] : []),
  ];
  const Icon = ICON[load.verdict];
  return (
    <Tabs.Root className="object__load" defaultValue="code">
      <header className="object__head">
        <div
          className="object__verdict"
          data-testid="object-verdict"
          data-verdict={load.verdict}
          role="status"
          aria-live="polite"
        >
          <Icon className="object__icon" size={20} strokeWidth={2.2} aria-hidden="true" />
          <div>
            <h3>
              {text.verdict[load.verdict](load.name)}
              {load.verdict === "reject" && <code className="object__errno">-{load.errnoName}</code>}
            </h3>
            {load.message !== "" && load.verdict === "reject" && <code lang="en">{load.message}</code>}
            {load.notSimulated !== null && (
              <p>
                {text.notSimulated(load.notSimulated)}
                {load.kernelFunctions.length > 0 && ` ${text.calls(load.kernelFunctions)}`} {text.stillThere}
              </p>
            )}
            {load.insnsProcessed > 0 && <p className="object__cost">{text.cost(load.insnsProcessed, load.states)}</p>}
          </div>
        </div>
        {refusedLine !== null && (
          <p className="object__line" data-testid="object-line">
            {text.line(baseName(refusedLine.file), refusedLine.line)} <code>{refusedLine.text.trim()}</code>
          </p>
        )}
        <Why load={load} language={language} text={text} />
        <p className="object__row">
          <button
            type="button"
            className="button button--main"
            data-testid="object-macros"
            disabled={load.program === null}
            onClick={() => {
              openAsMacros();
              closeDialog();
            }}
          >
            {text.asMacros}
          </button>
          <span className="hint">
            {load.program === null
              ? text.tooLong
              : load.verdict === "not simulated"
                ? text.asMacrosUnjudged
                : text.asMacrosAbout}
          </span>
        </p>
        <Tabs.List className="object__tabs">
          {tabs.map(([name, label]) => (
            <Tabs.Tab key={name} value={name} className="object__tab" data-testid={`object-tab-${name}`}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </header>
      <Tabs.Panel value="code" className="object__panel">
        <Rows rows={codeRows(load, language, text)} label={text.code} testId="object-code" />
      </Tabs.Panel>
      <Tabs.Panel value="source" className="object__panel">
        {files.some((file) => !sources.has(file)) && (
          <p className="object__row">
            <button type="button" className="button" onClick={() => askForFile(".c,.h")}>
              {text.addSource}
            </button>
            <span className="hint">{text.addSourceAbout}</span>
          </p>
        )}
        <Rows
          rows={files.flatMap((file) => sourceRows(load, file, sources.get(file), language, text))}
          label={text.source}
          testId="object-source"
        />
      </Tabs.Panel>
      <Tabs.Panel value="log" className="object__panel">
        <Rows
          rows={load.log.map((line, i) => ({
            kind: i === load.logRefusal ? "refused" : line.startsWith("; ") ? "c" : "insn",
            text: line,
          }))}
          label={text.log}
          testId="object-log"
        />
      </Tabs.Panel>
      <Tabs.Panel value="relocations" className="object__panel">
        <Relocations load={load} text={text} />
      </Tabs.Panel>
    </Tabs.Root>
  );
}

/** Why it was refused; of an instruction that CO-RE made invalid, what it needs that the kernel has not. */
function Why({ load, language, text }: { load: ObjectLoadView; language: Language; text: ObjectTexts }) {
  const { explanation } = load;
  const poisoned = load.relocations.find((one) => one.poisoned && one.slot === load.refusedAt);
  if (poisoned === undefined && explanation === null) return null;
  return (
    <p className="object__why" data-testid="object-explanation">
      {poisoned ? (
        text.poisonedHere(poisoned.asked)
      ) : (
        <>
          <strong>{explanation?.reason[language]}</strong> {explanation?.[language].help}
        </>
      )}
    </p>
  );
}

interface Row {
  readonly kind: "c" | "insn" | "function" | "refused" | "text";
  readonly text: string;
  /** What the explanation says about it. */
  readonly note?: string | undefined;
}

/** Slot → what the explanation says about the instruction there. The refused instruction is marked as such. */
function notesOf(load: ObjectLoadView, language: Language, text: ObjectTexts): Map<number, string> {
  const { explanation, refusedAt } = load;
  const steps = [...(explanation?.steps ?? []), ...(explanation?.missed ?? [])];
  const notes = new Map(steps.map((step) => [step.slot, step[language]]));
  if (refusedAt >= 0) notes.set(refusedAt, text.refusedHere);
  return notes;
}

/** Instructions, each after the line of C from which it was made. Several instructions of one line share it. */
function codeRows(load: ObjectLoadView, language: Language, text: ObjectTexts): Row[] {
  const notes = notesOf(load, language, text);
  const width = String(load.insns.at(-1)?.slot ?? 0).length;
  let said = "";
  return load.insns.flatMap((insn): Row[] => {
    const line = load.lines[insn.line];
    const place = line === undefined ? said : `${line.file}:${line.line}`;
    const isNew = place !== said || insn.function !== "";
    said = place;
    return [
      ...(insn.function === "" ? [] : [{ kind: "function", text: `${insn.function}()` } as const]),
      ...(line === undefined || !isNew
        ? []
        : [{ kind: "c", text: `${String(line.line).padStart(4)}  ${line.text}` } as const]),
      {
        kind: insn.slot === load.refusedAt ? "refused" : "insn",
        text: `${String(insn.slot).padStart(width)}: ${insn.text}`,
        note: notes.get(insn.slot),
      },
    ];
  });
}

/** A C file, with those lines marked from which instructions were made. Of a file that was not added, only these lines. */
function sourceRows(
  load: ObjectLoadView,
  file: string,
  source: string | undefined,
  language: Language,
  text: ObjectTexts,
): Row[] {
  const made = new Map(load.lines.filter((one) => one.file === file).map((one) => [one.line, one.text]));
  const notes = new Map<number, string>();
  for (const [slot, note] of notesOf(load, language, text)) {
    const line = lineOf(load, slot);
    if (line?.file === file) notes.set(line.line, note);
  }
  const refused = lineOf(load, load.refusedAt);
  const row = (line: number, words: string): Row => ({
    kind: refused?.file === file && refused.line === line ? "refused" : made.has(line) ? "c" : "text",
    text: `${String(line).padStart(4)}  ${words}`,
    note: notes.get(line),
  });
  const rows =
    source === undefined
      ? [...made].sort(([a], [b]) => a - b).map(([line, words]) => row(line, words))
      : source.split("\n").map((words, i) => row(i + 1, words));
  return [{ kind: "function", text: baseName(file) }, ...rows];
}

/** The line that a slot belongs to. */
function lineOf(load: ObjectLoadView, slot: number): ObjectLoadView["lines"][number] | null {
  if (slot < 0) return null;
  let found = -1;
  for (const insn of load.insns) {
    if (insn.slot > slot) break;
    if (insn.line >= 0) found = insn.line;
  }
  return load.lines[found] ?? null;
}

function Rows({ rows, label, testId }: { rows: readonly Row[]; label: string; testId: string }) {
  const scroller = useRef<HTMLElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    overscan: 20,
  });
  // The refused instruction is visible from the start.
  const refused = rows.findIndex(({ kind }) => kind === "refused");
  useEffect(() => {
    if (refused >= 0) list.scrollToIndex(refused, { align: "center" });
  }, [list, refused]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section ref={scroller} className="object__rows" aria-label={label} tabIndex={0} data-testid={testId}>
      <div style={{ height: list.getTotalSize(), position: "relative" }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index] as Row;
          return (
            <code
              key={index}
              className="object__code"
              data-kind={row.kind}
              style={{ position: "absolute", insetInlineStart: 0, top: 0, transform: `translateY(${start}px)` }}
            >
              {row.text}
              {row.note !== undefined && <span className="object__note">{`← ${row.note}`}</span>}
            </code>
          );
        })}
      </div>
    </section>
  );
}

function Relocations({ load, text }: { load: ObjectLoadView; text: ObjectTexts }) {
  return (
    <ul className="object__relocations" data-testid="object-relocations">
      {load.relocations.map((one) => {
        const line = lineOf(load, one.slot);
        return (
          <li key={one.slot} data-poisoned={one.poisoned || undefined}>
            <p>
              <strong>{text.kinds[one.kind]}</strong>{" "}
              <span className="hint">
                {text.insnAt(one.slot)}
                {line !== null && ` · ${text.line(baseName(line.file), line.line)}`}
              </span>
            </p>
            <dl>
              <dt>{text.asked}</dt>
              <dd>
                <code>{one.asked}</code>
              </dd>
              <dt>{text.found}</dt>
              <dd>{one.found === null ? text.nothing : <code>{one.found}</code>}</dd>
              <dt>{text.before}</dt>
              <dd>
                <code>{one.before}</code>
              </dd>
              <dt>{text.after}</dt>
              <dd>
                <code>{one.after}</code>
                {one.poisoned && <p>{text.poisoned}</p>}
              </dd>
            </dl>
          </li>
        );
      })}
    </ul>
  );
}
