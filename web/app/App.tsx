// The page: the arrangement of panes that fits, and everything that lies over them.
import { lazy, useEffect } from "react";
import { useText } from "../i18n/index.ts";
import { cancelRequest } from "../stores/engine.ts";
import { useKernel } from "../stores/kernel/kernel.ts";
import { useDialog } from "../stores/page/dialog.ts";
import { useSettings } from "../stores/page/settings.ts";
import { useProgram } from "../stores/program/program.ts";
import { LazyPart } from "../ui/LazyPart.tsx";
import { Header } from "./Header.tsx";
import { Lesson, useDroppedLessons } from "./Lesson.tsx";
import { Phone } from "./Phone.tsx";
import { useMedia } from "./useMedia.ts";
import { Workbench } from "./Workbench.tsx";

const NoticeBar = lazy(() => import("./NoticeBar.tsx"));
const Embed = lazy(() => import("./Embed.tsx"));
const ShareSheet = lazy(() => import("./ShareSheet.tsx"));
const KeysSheet = lazy(() => import("./KeysSheet.tsx"));
const Palette = lazy(() => import("./Palette.tsx"));
const FilesSheet = lazy(() => import("./FilesSheet.tsx"));
const ObjectSheet = lazy(() => import("./ObjectSheet.tsx"));
const CompareSheet = lazy(() => import("./CompareSheet.tsx"));
const AnswersSheet = lazy(() => import("./AnswersSheet.tsx"));
const LessonFileSheet = lazy(() => import("./LessonFileSheet.tsx"));
const Gallery = lazy(() => import("../gallery/Gallery.tsx"));
const PrintView = lazy(() => import("./PrintView.tsx"));
const Stage = lazy(() => import("../stage/Stage.tsx"));

export function App() {
  const text = useText();
  const { language, present, embed, motion } = useSettings();
  const phone = useMedia("(max-width: 719px)");
  const dialog = useDialog((s) => s.open);
  const notice = useProgram((s) => s.notice);
  useDroppedLessons();
  const onStage = present && !embed;

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = text.title;
  }, [language, text]);

  useEffect(() => {
    document.documentElement.dataset.motion = motion ? "on" : "off";
  }, [motion]);

  return (
    <div className="app" data-embed={embed || undefined}>
      {!embed && !onStage ? (
        <Header />
      ) : (
        <header className="visually-hidden">
          <h1>Oreore</h1>
        </header>
      )}
      <div role="status" className="notice-place">
        {notice && (
          <LazyPart fallback={<div className="notice-room" />}>
            <NoticeBar notice={notice} />
          </LazyPart>
        )}
      </div>
      <main className="app__main">
        {!embed && !phone && !onStage && <Lesson />}
        <LazyPart>{onStage ? <Stage /> : embed ? <Embed phone={phone} /> : phone ? <Phone /> : <Workbench />}</LazyPart>
      </main>
      <Busy />
      <LazyPart key={dialog}>
        {dialog === "share" && <ShareSheet />}
        {dialog === "keys" && <KeysSheet />}
        {dialog === "palette" && <Palette />}
        {dialog === "files" && <FilesSheet />}
        {dialog === "lesson-file" && <LessonFileSheet />}
        {dialog === "answers" && <AnswersSheet />}
        {dialog === "object" && <ObjectSheet />}
        {dialog === "compare" && <CompareSheet />}
        {dialog === "gallery" && <Gallery />}
        {dialog === "print" && <PrintView />}
      </LazyPart>
    </div>
  );
}

/** Shown when an answer takes longer than a moment. It can stop the engine. */
function Busy() {
  const text = useText();
  const busy = useKernel((s) => s.busy);
  return (
    <div role="status" className="busy-place">
      {busy && (
        <div className="busy">
          {text.busy.working}
          <button type="button" className="button" onClick={cancelRequest}>
            {text.busy.cancel}
          </button>
        </div>
      )}
    </div>
  );
}
