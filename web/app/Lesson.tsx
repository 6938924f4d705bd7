// The place of the lesson; its texts are loaded when there is one.
import { lazy, Suspense } from "react";
import { useProgram } from "../stores/program.ts";

const LessonStrip = lazy(() => import("./LessonStrip.tsx"));

export function Lesson() {
  const open = useProgram((s) => s.lesson !== 0);
  return (
    open && (
      <Suspense>
        <LessonStrip />
      </Suspense>
    )
  );
}
