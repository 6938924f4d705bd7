// Shares what is on the page: as a link, a QR code, a frame for another page, as text and as a picture. Opening the sheet makes the link
// and puts it into the address.
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useText } from "../i18n/index.ts";
import { type ShareTexts, useShareTexts } from "../i18n/share.ts";
import { hasPlace, makeLink } from "../links/share.ts";
import { closeDialog } from "../stores/page/dialog.ts";
import { useFocus } from "../stores/page/focus.ts";
import { useLayout } from "../stores/page/layout.ts";
import { useProgram } from "../stores/program/program.ts";
import { useMachine } from "../stores/run/machine.ts";
import { copyText } from "../ui/copy.ts";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";
import { Segments } from "../ui/Segments.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { embedSnippet, type Height } from "./embed.ts";
import { QrCode } from "./QrCode.tsx";
import "./share.css";

const WAYS = ["link", "qr", "embed", "copy"] as const;

export default function ShareSheet() {
  const words = useShareTexts();
  const text = useText();
  const run = useMachine((s) => s.run);
  const position = useMachine((s) => s.position);
  const [withPlace, setWithPlace] = useState(hasPlace);
  const [way, choose] = useState<(typeof WAYS)[number]>("link");
  const [filled, fill] = useState(false);
  const link = useLink(withPlace);
  const field = useRef<HTMLElement>(null);
  useEffect(() => {
    if (link !== "" && document.activeElement === field.current) selectAll(field.current);
  }, [link]);
  return (
    <Sheet
      first={field}
      title={words.title}
      closeLabel={words.close}
      modal={false}
      className={filled ? "share share--filled" : "share"}
      onClose={closeDialog}
    >
      <Segments label={words.ways} name="share-way" choices={WAYS} chosen={way} words={words.way} onChoose={choose} />
      {!filled && (
        <label className="check">
          <input type="checkbox" checked={withPlace} onChange={(event) => setWithPlace(event.currentTarget.checked)} />
          {words.withPlace(run ? text.machine.at(position, run.length) : words.noRun)}
        </label>
      )}
      {/* The link stays in the document, because the sheet is about it. */}
      <div hidden={way !== "link"}>
        <ScrollRegion
          ref={field}
          className="share__text"
          data-testid="share-link"
          lang="en"
          aria-label={words.link}
          onFocus={({ currentTarget }) => selectAll(currentTarget)}
        >
          {link}
        </ScrollRegion>
        <Size words={words} link={link} />
        <CopyRow words={words} text={link} label={words.copy} />
        <p className="hint">{words.about}</p>
      </div>
      {way === "qr" && <QrCode link={link} filled={filled} onFill={fill} />}
      {way === "embed" && <Embedding words={words} link={link} />}
      {way === "copy" && <TextAndPicture words={words} link={link} />}
    </Sheet>
  );
}

/** Selects the text, so that a key can copy it. */
const selectAll = (element: Node | null): void => {
  if (element) getSelection()?.selectAllChildren(element);
};

/** The link, made anew when what it holds has changed. "": not made yet. */
function useLink(withPlace: boolean): string {
  const [link, setLink] = useState("");
  const program = useProgram((s) => `${s.revision} ${s.input}`);
  const position = useMachine((s) => s.position);
  const line = useFocus((s) => s.line);
  const { layout, views } = useLayout();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the link holds
  useEffect(() => {
    let gone = false;
    void makeLink(withPlace).then((made) => gone || setLink(made));
    return () => {
      gone = true;
    };
  }, [withPlace, position, program, line, layout, views]);
  return link;
}

function Size({ words, link }: { readonly words: ShareTexts; readonly link: string }) {
  const size = link.length < 2000 ? "fits" : link.length < 8000 ? "long" : "tooLong";
  return (
    <p className="share__size" data-size={size}>
      {words.length(link.length)} {words[size]}{" "}
      {size === "tooLong" && (
        <button
          type="button"
          className="link"
          data-testid="share-file"
          onClick={() => void import("../links/files.ts").then(({ saveProgram }) => saveProgram("json"))}
        >
          {words.saveFile}
        </button>
      )}
    </p>
  );
}

interface RowProps {
  readonly words: ShareTexts;
  readonly label: string;
  readonly text: string | (() => Promise<string>);
}

function CopyRow({ words, label, text }: RowProps) {
  return (
    <Act
      label={label}
      main
      done={words.copied}
      failed={words.notCopied}
      act={async () => copyText(typeof text === "string" ? text : await text())}
    />
  );
}

interface ActProps {
  readonly label: string;
  readonly done: string;
  readonly failed: string;
  readonly main?: boolean;
  /** false: it did not work. */
  readonly act: () => Promise<boolean>;
  readonly children?: ReactNode;
}

function Act({ label, done, failed, main = false, act, children }: ActProps) {
  const [result, setResult] = useState<"" | "busy" | "done" | "failed">("");
  const run = (): void => {
    setResult("busy");
    void act().then(
      (ok) => setResult(ok ? "done" : "failed"),
      () => setResult("failed"),
    );
  };
  return (
    <div className="share__row">
      <button
        type="button"
        className={main ? "button button--main" : "button"}
        disabled={result === "busy"}
        onClick={run}
      >
        {label}
      </button>
      {children}
      <span role="status" className="hint">
        {result === "done" ? done : result === "failed" ? failed : ""}
      </span>
    </div>
  );
}

const HEIGHTS = ["fixed", "auto"] as const satisfies readonly Height[];

function Embedding({ words, link }: { readonly words: ShareTexts; readonly link: string }) {
  const [height, setHeight] = useState<Height>("fixed");
  const [readOnly, setReadOnly] = useState(false);
  const snippet = embedSnippet(link, { height, readOnly });
  return (
    <>
      <p className="hint">{words.embedAbout}</p>
      <div className="share__row">
        <span>{words.height}</span>
        <Segments
          label={words.height}
          name="embed-height"
          choices={HEIGHTS}
          chosen={height}
          words={words.heights}
          onChoose={setHeight}
        />
      </div>
      <label className="check">
        <input type="checkbox" checked={readOnly} onChange={(event) => setReadOnly(event.currentTarget.checked)} />
        {words.readOnly}
      </label>
      <ScrollRegion className="share__text" data-testid="embed-snippet" lang="en" aria-label={words.snippet}>
        {snippet}
      </ScrollRegion>
      {height === "auto" && <p className="hint">{words.heightAuto}</p>}
      <CopyRow words={words} label={words.copy} text={snippet} />
    </>
  );
}

function TextAndPicture({ words, link }: { readonly words: ShareTexts; readonly link: string }) {
  const copies = () => import("../links/copies.ts");
  const markdown = async (): Promise<string> => (await copies()).pageAsMarkdown(link);
  return (
    <>
      <CopyRow words={words} label={words.markdown} text={markdown} />
      <p className="hint">{words.markdownAbout}</p>
      <Act
        label={words.image}
        done={words.imageCopied}
        failed={words.failed}
        act={async () => (await copies()).copyPicture()}
      />
      <Act label={words.download} done="" failed={words.failed} act={async () => (await copies()).savePicture()} />
      <p className="hint">{words.imageAbout}</p>
    </>
  );
}
