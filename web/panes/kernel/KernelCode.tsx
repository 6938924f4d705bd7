// The code that one step of the recipe adds, file by file, for reading. Coloured by a few words of C; an added line has its
// sign as well as its colour. Loaded when a step is opened.
import { type ReactNode, useEffect, useState } from "react";
import type { CodeFileView } from "../../../engine/index.ts";
import { useExtendTexts } from "../../i18n/extend.ts";
import { kernelCode, useKernel } from "../../stores/kernel.ts";
import { useProgram } from "../../stores/program.ts";
import { ScrollRegion } from "../../ui/ScrollRegion.tsx";

/** Milliseconds without a change of the program until the code is made again. */
const PAUSE = 250;

export default function KernelCode({ step }: { readonly step: 1 | 2 | 3 | 4 }) {
  const texts = useExtendTexts();
  const revision = useProgram((s) => s.revision);
  const definition = useKernel((s) => s.definition);
  const [files, setFiles] = useState<readonly CodeFileView[]>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: revision and definition are what the code depends on in the engine
  useEffect(() => {
    let wanted = true;
    const show = async () => {
      const code = await kernelCode();
      if (wanted && code) setFiles(code[step - 1]);
    };
    const timer = setTimeout(() => void show(), files ? PAUSE : 0);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [step, revision, definition]);
  if (!files) return null;
  if (files.length === 0) return <p className="hint">{texts.noProgram}</p>;
  const place = step <= 2 ? texts.tree : texts.folder;
  return (
    <div className="kcode">
      {files.map((file) => (
        <figure key={file.path} className="kcode__file">
          <figcaption>
            {place}: <code lang="en">{file.path}</code>
          </figcaption>
          <ScrollRegion className="kcode__text" aria-label={`${texts.codeOf(step)}, ${file.path}`} lang="en">
            <Code {...file} />
          </ScrollRegion>
        </figure>
      ))}
    </div>
  );
}

const SIGN = { "+": "add", "-": "remove", "@": "hunk" } as const;

function Code({ text, diff }: CodeFileView) {
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    <pre>
      {lines.map((line, i) => {
        const sign = diff ? SIGN[line[0] as keyof typeof SIGN] : undefined;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line of a text has no other name than its place
          <span key={i} className="kcode__line" data-sign={sign}>
            {sign === "hunk" ? line : <Tokens text={line} signed={diff} />}
            {"\n"}
          </span>
        );
      })}
    </pre>
  );
}

/** Words of one line of C that have a colour; the group's name is the class. A comment over lines is told by its star. */
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
