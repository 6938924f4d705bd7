// The program: its type, the editor, and beside each line the instructions that it became.
import { SlidersHorizontal } from "lucide-react";
import { type CSSProperties, lazy, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { CheckView } from "../../../engine/index.ts";
import { useText } from "../../i18n/index.ts";
import type { Editor } from "../../monaco/load.ts";
import { useRegisterSearch } from "../../stores/check/register-search.ts";
import { useVerdict } from "../../stores/check/verdict.ts";
import { chooseType, useKernel } from "../../stores/kernel/kernel.ts";
import { SIDE_VIEWS, useEditorView } from "../../stores/page/editor-view.ts";
import { useFocus } from "../../stores/page/focus.ts";
import { showView, useView } from "../../stores/page/layout.ts";
import { useSettings } from "../../stores/page/settings.ts";
import { useProgram } from "../../stores/program/program.ts";
import { LazyPart } from "../../ui/LazyPart.tsx";
import { PaneTools } from "../../ui/PaneTools.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { fontSize, GAP, hasRoom, listingRoom, longestLine, roomFor, VALUE } from "./columns.ts";
import { Intro } from "./Intro.tsx";
import { jumpsOf, marginWidth } from "./jumps.ts";
import { Listing } from "./Listing.tsx";
import { PlainEditor } from "./PlainEditor.tsx";
import { RunBar } from "./RunBar.tsx";

const AttachSelect = lazy(() => import("./AttachSelect.tsx"));
const EditorMenu = lazy(() => import("./EditorMenu.tsx"));
const RegisterBar = lazy(() => import("./RegisterBar.tsx"));
const Graph = lazy(() => import("../graph/Graph.tsx"));

/** Monaco does not support touch devices. There the text area stays. */
const wantsMonaco = (): boolean => !matchMedia("(pointer: coarse)").matches && window.innerWidth >= 720;

export function EditorPane({ phone = false }: { readonly phone?: boolean }) {
  const text = useText();
  const place = useRef<HTMLDivElement>(null);
  const Editor = useMonaco(!phone, place);
  const { readOnly, embed } = useSettings();
  const searching = useRegisterSearch((s) => s.reg >= 0);
  const body = useRef<HTMLDivElement>(null);
  const room = useRoom(body);
  const narrow = room.narrow && !phone;
  // Without room for both, the view beside the program replaces it while it is chosen.
  const [instead, setInstead] = useState(-1);
  // A request to show a line brings the program back before the line gets the focus.
  const focusRequests = useFocus((s) => s.focusRequests);
  const away = narrow && instead >= focusRequests;
  return (
    <section className="pane editor-pane" aria-label={text.panes.editor}>
      <header className="pane__head">
        {phone ? (
          <h2 className="visually-hidden">{text.panes.editor}</h2>
        ) : (
          <h2 className="pane__title">{text.panes.editor}</h2>
        )}
        <ProgTypeSelect room={room.width} phone={phone} narrow={narrow} />
        <AttachType />
        <span className="spacer" />
        {!phone && <SideChoice narrow={narrow} away={away} onInstead={(on) => setInstead(on ? focusRequests : -1)} />}
        <Menu full={Editor !== null} />
        <PaneTools pane="editor" />
      </header>
      <div
        ref={body}
        className="editor-pane__body"
        data-phone={phone || undefined}
        data-alone={(narrow && !away) || undefined}
        style={{ "--code-room": `${room.code}px` } as CSSProperties}
      >
        <div
          ref={place}
          className="editor-pane__code"
          data-testid="editor"
          data-editor={Editor ? "monaco" : "plain"}
          hidden={away}
        >
          {Editor ? (
            <LazyPart instead={<PlainEditor readOnly={readOnly} stays />}>
              <Editor readOnly={readOnly} />
            </LazyPart>
          ) : (
            <PlainEditor readOnly={readOnly} stays={phone || !wantsMonaco()} />
          )}
        </div>
        {phone && <SideChoice />}
        {(!narrow || away) && <Beside aligned={!phone && !narrow} />}
      </div>
      {searching && (
        <LazyPart>
          <RegisterBar />
        </LazyPart>
      )}
      {!embed && <Intro />}
      <RunBar phone={phone} />
    </section>
  );
}

interface SideChoiceProps {
  /** There is no room for both: the program is one of the choices. */
  readonly narrow?: boolean;
  /** A view is shown in the program's place. */
  readonly away?: boolean;
  readonly onInstead?: (instead: boolean) => void;
}

function SideChoice({ narrow = false, away = false, onInstead }: SideChoiceProps) {
  const text = useText();
  const side = useView("editor", SIDE_VIEWS);
  if (narrow)
    return (
      <Segments
        label={text.editor.beside}
        name="editor-side"
        choices={["code", ...SIDE_VIEWS]}
        chosen={away ? side : "code"}
        words={{ code: text.panes.editor, ...text.editor.sides }}
        onChoose={(one) => {
          if (one !== "code") showView("editor", one);
          onInstead?.(one !== "code");
        }}
      />
    );
  return (
    <Segments
      label={text.editor.beside}
      name="editor-side"
      choices={SIDE_VIEWS}
      chosen={side}
      words={text.editor.sides}
      onChoose={(one) => showView("editor", one)}
    />
  );
}

/** Pixels of the pane, pixels that the longest line needs, and whether the rest is too narrow for a view beside it. */
function useRoom(element: RefObject<HTMLElement | null>): {
  readonly width: number;
  readonly code: number;
  readonly narrow: boolean;
} {
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  const lanes = useVerdict((s) => jumpsOf(s.check).lanes);
  const arrows = useEditorView((s) => s.arrows);
  const hints = useEditorView((s) => s.hints.target);
  // As a text, so that another check with the same jumps changes nothing here.
  const jumping = useVerdict((s) =>
    hints
      ? jumpsOf(s.check)
          .list.map(({ fromLine }) => fromLine)
          .join()
      : "",
  );
  const hinted = useMemo(() => (jumping === "" ? undefined : new Set(jumping.split(",").map(Number))), [jumping]);
  const columns = useProgram((s) => longestLine(s.source, hinted));
  const side = useView("editor", SIDE_VIEWS);
  const listed = useVerdict((s) => (side === "bytes" ? listingRoom(s.check?.slots ?? []) : 0));
  const least = Math.max(LEAST_BESIDE[side], listed);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  const said = useVerdict((s) => refusedWith(s.check));
  const around = arrows ? marginWidth(lanes) : 0;
  const code = roomFor(columns, fontSize(), around);
  // The words behind a line get what the view beside leaves free: the verifier's sentence, the value that a step wrote. The value has its
  // room before there is a step, so that the first one moves nothing.
  const behind = Math.max(said ? longestLine(said) : 0, columns + VALUE);
  return {
    width,
    code: Math.max(code, Math.min(roomFor(behind, fontSize(), around), width - least)),
    narrow: width > 0 && width < code + least,
  };
}

/** The refused line with the words behind it. "": none is refused. */
function refusedWith(check: CheckView | null): string {
  if (check?.verdict !== "reject") return "";
  const slot = check.slots.find((one) => one.slot === check.messageSlot);
  return slot?.span ? `${" ".repeat(slot.span.endColumn + GAP)} ${check.message}` : "";
}

/** The least width in pixels at which a view beside the program is readable. */
const LEAST_BESIDE: Readonly<Record<(typeof SIDE_VIEWS)[number], number>> = { bytes: 210, words: 240, graph: 300 };

function Beside({ aligned }: { readonly aligned: boolean }) {
  const side = useView("editor", SIDE_VIEWS);
  if (side === "graph")
    return (
      <div className="editor-pane__graph">
        <LazyPart instead={<Listing aligned={aligned} view="bytes" />}>
          <Graph />
        </LazyPart>
      </div>
    );
  return <Listing aligned={aligned} view={side} />;
}

function Menu({ full }: { readonly full: boolean }) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <span className="editor-pane__menu">
      <button
        type="button"
        className="button button--quiet button--icon"
        aria-label={text.editor.menu}
        title={text.editor.menu}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <SlidersHorizontal size={15} aria-hidden="true" />
      </button>
      {open && (
        <LazyPart>
          <EditorMenu label={text.editor.menu} onClose={close} full={full} />
        </LazyPart>
      )}
    </span>
  );
}

/** The editor once it is loaded, for an element of the page. null: the text area is to be shown. */
function useMonaco(wanted: boolean, place: RefObject<HTMLElement | null>): Editor | null {
  const [Editor, setEditor] = useState<Editor | null>(null);
  useEffect(() => {
    const { current } = place;
    if (!wanted || !wantsMonaco() || !current) return;
    let gone = false;
    import("../../monaco/load.ts")
      .then(({ loadEditor }) => loadEditor(current))
      .then(
        (component) => gone || setEditor(() => component),
        () => {}, // offline or blocked: the text area stays
      );
    return () => {
      gone = true;
    };
  }, [wanted, place]);
  return Editor;
}

/** Shown beside the type if it has several attach types. */
function AttachType() {
  const progType = useProgram((s) => s.progType);
  const type = useKernel((s) => s.hello?.progTypes.find(({ name }) => name === progType));
  if (!type || type.attachTypes.length < 2) return null;
  return (
    <LazyPart>
      <AttachSelect type={type} />
    </LazyPart>
  );
}

interface TypeProps {
  /** Pixels of the title line. */
  readonly room: number;
  readonly phone: boolean;
  readonly narrow: boolean;
}

function ProgTypeSelect({ room, phone, narrow }: TypeProps) {
  const text = useText();
  const readOnly = useSettings((s) => s.readOnly);
  const progType = useProgram((s) => s.progType);
  const said = useVerdict((s) => s.check?.typeInSource === progType);
  const types = useKernel((s) => s.hello?.progTypes) ?? [
    { name: progType, constant: progType, notSimulated: null, attachTypes: [] },
  ];
  const chosen = types.find(({ name }) => name === progType);
  const words = phone
    ? []
    : [...(narrow ? [text.panes.editor] : []), ...SIDE_VIEWS.map((side) => text.editor.sides[side])];
  const attach = (chosen?.attachTypes.length ?? 0) > 1;
  // If not, the names are shown without their common beginning.
  const whole = hasRoom(chosen?.constant ?? "", room, words, attach);
  return (
    <select
      className="select"
      disabled={readOnly || said}
      aria-label={text.editor.progType}
      value={progType}
      title={said ? "@prog, .prog_type" : chosen?.constant}
      onChange={(event) => chooseType(event.currentTarget.value)}
    >
      {types.map((type) => (
        <option
          key={type.name}
          value={type.name}
          title={type.notSimulated === null ? undefined : text.editor.notSimulated(type.notSimulated)}
        >
          {whole ? type.constant : type.constant.replace(/^BPF_PROG_TYPE_/, "")}
        </option>
      ))}
    </select>
  );
}
