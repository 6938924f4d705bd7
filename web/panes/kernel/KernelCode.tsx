// The code that one step of the recipe adds, file by file, for reading. It is the code of the definition in the form. Lines that the
// kernel's own definition does not have are marked. A few words of C are coloured, each kind also with a sign.
import { type ReactNode, useEffect, useMemo } from "react";
import type { CodeFileView } from "../../../engine/index.ts";
import { useExtendTexts } from "../../i18n/extend.ts";
import { followForDraft, startFrom, useDefinitionDraft } from "../../stores/kernel/definition-draft.ts";
import { useKernel } from "../../stores/kernel/kernel.ts";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";
import { changedLines } from "./changed-lines.ts";

export default function KernelCode({ step }: { readonly step: 1 | 2 | 3 | 4 }) {
  const texts = useExtendTexts();
  const current = useKernel((s) => s.definition ?? s.presets[0]?.definition);
  const files = useDefinitionDraft((s) => s.code?.[step - 1]);
  const before = useDefinitionDraft((s) => s.currentCode?.[step - 1]);
  const started = useDefinitionDraft((s) => s.draft !== null);
  useEffect(() => {
    if (!started && current) startFrom(current);
  }, [started, current]);
  useEffect(followForDraft, []);
  if (!files) return null;
  if (files.length === 0) return <p className="hint">{texts.noProgram}</p>;
  const place = step <= 2 ? texts.tree : texts.folder;
  return (
    <div className="kcode">
      {files.map((file, i) => (
        <figure key={file.path} className="kcode__file">
          <figcaption>
            {place}: <code lang="en">{file.path}</code>
          </figcaption>
          <ScrollRegion className="kcode__text" aria-label={`${texts.codeOf(step)}, ${file.path}`} lang="en">
            <Code {...file} before={before?.[i]?.text ?? file.text} />
          </ScrollRegion>
        </figure>
      ))}
    </div>
  );
}

const SIGN = { "+": "add", "-": "remove", "@": "hunk" } as const;

function Code({ text, diff, before }: CodeFileView & { readonly before: string }) {
  const texts = useExtendTexts();
  const lines = text.replace(/\n$/, "").split("\n");
  const changed = useMemo(() => changedLines(before, text), [before, text]);
  return (
    <pre>
      {lines.map((line, i) => {
        const sign = diff ? SIGN[line[0] as keyof typeof SIGN] : undefined;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line of a text has no other name than its place
          <span key={i} className="kcode__line" data-sign={sign} data-changed={changed.has(i) || undefined}>
            {changed.has(i) && <span className="visually-hidden">{texts.changed}: </span>}
            {sign === "hunk" ? line : <Tokens text={line} signed={diff} />}
            {"\n"}
          </span>
        );
      })}
    </pre>
  );
}

/** The coloured words of a line of C. The group's name is the class. A comment over several lines is recognised by its star. */
const TOKEN =
  /(?<comment>\/\*.*?(?:\*\/|$)|^\s+\*(?: .*|\/)$|\/\/.*)|(?<string>"(?:[^"\\]|\\.)*"|<\S+\.h>)|(?<directive>#\w+)|(?<keyword>\b(?:static|const|struct|enum|union|void|int|char|bool|size_t|ssize_t|unsigned|extern|if|else|for|while|switch|case|default|return|break|goto|u8|u16|u32|u64|__u8|__u16|__u32|__u64)\b)|(?<constant>\b[A-Z][A-Z0-9_]{2,}\b)|(?<number>\b(?:0x[0-9a-f]+|\d+)\b)/g;

function Tokens({ text, signed }: { readonly text: string; readonly signed: boolean }) {
  const start = signed ? 1 : 0;
  const code = text.slice(start);
  const parts: ReactNode[] = signed
    ? [
        <span key="sign" className="c-sign">
          {text.slice(0, 1)}
        </span>,
      ]
    : [];
  let at = 0;
  for (const match of code.matchAll(TOKEN)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? ["plain"];
    parts.push(
      code.slice(at, match.index),
      <span key={match.index} className={`c-${kind}`}>
        {match[0]}
      </span>,
    );
    at = match.index + match[0].length;
  }
  return [...parts, code.slice(at)];
}
