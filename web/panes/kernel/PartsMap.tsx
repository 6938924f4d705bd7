// The parts of the extended kernel as a drawing. The parts that the last call went through light up, and words below say the same. Parts
// that no applied step has made are gaps.
import { useExtendTexts } from "../../i18n/extend.ts";
import { useKernel } from "../../stores/kernel/kernel.ts";
import { type CallPath, callPathOf, missingStep, PARTS, type Part, shownType } from "./parts-of-call.ts";
import "./parts.css";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
}
const H = 46;
/** Positions in a drawing of 420 × 286. */
const BOXES: Readonly<Record<Part, Box>> = {
  user: { x: 6, y: 6, w: 408 },
  syscall: { x: 6, y: 86, w: 126 },
  sysfs: { x: 288, y: 86, w: 126 },
  verifier: { x: 6, y: 160, w: 126 },
  attach: { x: 147, y: 160, w: 126 },
  module: { x: 288, y: 160, w: 126 },
  program: { x: 6, y: 234, w: 267 },
};

/** The lines between neighbouring parts. Each path starts at the first part. */
const LINES: readonly (readonly [from: Part, to: Part, path: string])[] = [
  ["user", "syscall", "M69 52V86"],
  ["user", "sysfs", "M351 52V86"],
  ["syscall", "verifier", "M69 132V160"],
  ["syscall", "attach", "M132 109H210V160"],
  ["syscall", "program", "M132 120H139.5V234"],
  ["sysfs", "module", "M351 132V160"],
  ["module", "attach", "M288 183H273"],
  ["verifier", "program", "M69 206V234"],
  ["attach", "program", "M210 206V234"],
];

export default function PartsMap() {
  const { parts: words } = useExtendTexts();
  const kernel = useKernel((s) => s.kernel);
  const way = useWay();
  const names = useNames();
  if (!kernel) return null;
  const missing = (part: Part): boolean => missingStep(part, kernel) > 0;
  const turn = (part: Part): number => (way ? way.parts.indexOf(part) : -1);
  const onWay = (from: Part, to: Part): boolean => turn(from) >= 0 && turn(to) === turn(from) + 1;
  const refused = way?.errnoName ? way.parts.at(-1) : undefined;
  const last = way?.parts.at(-1);
  return (
    <div className="parts">
      <svg viewBox="0 0 420 286" role="img" aria-label={words.title}>
        <path className="parts__border" d="M0 68H420" />
        <text className="parts__side" x="210" y="64" textAnchor="middle">
          {words.above}
        </text>
        <text className="parts__side" x="210" y="80" textAnchor="middle">
          {words.below}
        </text>
        {LINES.map(([from, to, path]) => (
          <path
            key={from + to}
            className="parts__line"
            data-lit={onWay(from, to) || undefined}
            data-gap={missing(from) || missing(to) || undefined}
            d={path}
          />
        ))}
        {PARTS.map((part) => {
          const { x, y, w } = BOXES[part];
          const n = turn(part);
          return (
            <g
              key={part}
              className="parts__part"
              data-part={part}
              data-lit={n >= 0 || undefined}
              data-refused={part === refused || undefined}
              data-gap={missing(part) || undefined}
              transform={`translate(${x} ${y})`}
            >
              <rect width={w} height={H} rx="6" />
              <text className="parts__name" x="10" y="19">
                {words.names[part]}
              </text>
              <text className="parts__detail" x="10" y="37" lang="en">
                {missing(part) ? words.gap(missingStep(part, kernel)) : short(names[part], w)}
              </text>
              {n >= 0 && (
                <>
                  <circle cx={w - 12} cy="13" r="8.5" />
                  <text className="parts__turn" x={w - 12} y="17" textAnchor="middle">
                    {n + 1}
                  </text>
                </>
              )}
              {part === refused && (
                <text className="parts__errno" x={w - 10} y="37" textAnchor="end">
                  ✕ {way?.errnoName}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <p role="status">
        {way && last
          ? `${words.what[way.what]}: ${way.parts.map((part) => words.names[part]).join(" → ")}${words.stop}${
              way.errnoName ? words.stopped(words.names[last], way.errnoName) : words.through(way.ret)
            }`
          : words.none}
        {PARTS.some(missing) && ` ${words.gaps(PARTS.filter(missing).map((part) => words.names[part]))}`}
      </p>
    </div>
  );
}

function useWay(): CallPath | undefined {
  const { kernel, lastCalls } = useKernel();
  if (!kernel) return undefined;
  return callPathOf(lastCalls, {
    steps: kernel.steps,
    files: kernel.own.paths,
  });
}

/** The current name of each part. */
function useNames(): Readonly<Record<Part, string>> {
  const { kernel, fd } = useKernel();
  const { parts: words } = useExtendTexts();
  const prog = kernel?.progs.at(-1);
  const attached = kernel?.attachments.find(({ progId }) => progId !== 0);
  return {
    user: fd >= 0 ? `fd ${fd}` : "",
    syscall: "bpf(2)",
    verifier: words.type(kernel ? shownType(kernel).toUpperCase() : ""),
    program: prog ? words.program(prog.id, prog.insnCnt) : words.noProgram,
    attach: attached ? words.attached(attached.progId) : words.notAttached,
    sysfs: kernel?.own.path ?? "",
    module: kernel?.own.module ?? "",
  };
}

/** As much of the text as fits, by the font of parts.css. */
function short(text: string, width: number): string {
  const room = Math.floor((width - 14) / 6.6);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
