// The place of the lesson, which loads when there is one. A lesson's file dropped on the page opens it.
import { lazy, useEffect } from "react";
import { useProgram } from "../stores/program/program.ts";
import { LazyPart } from "../ui/LazyPart.tsx";

const LessonPanel = lazy(() => import("./LessonPanel.tsx"));

export const useHasLesson = (): boolean => useProgram((s) => s.lesson !== 0);

export function Lesson({ phone = false }: { readonly phone?: boolean }) {
  const open = useHasLesson();
  return (
    open && (
      <LazyPart>
        <LessonPanel phone={phone} />
      </LazyPart>
    )
  );
}

/** Markdown files dropped anywhere are lessons. Other files are left to other handlers. */
export function useDroppedLessons(): void {
  useEffect(() => {
    const lessonsIn = (event: DragEvent): readonly File[] =>
      [...(event.dataTransfer?.files ?? [])].filter(({ name }) => /\.(md|markdown)$/i.test(name));
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      const files = lessonsIn(event);
      if (files.length === 0) return;
      event.preventDefault();
      event.stopPropagation();
      void import("../stores/lesson/dropped-lessons.ts").then(({ openDropped }) => openDropped(files));
    };
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop, { capture: true });
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("drop", drop, { capture: true });
    };
  }, []);
}
