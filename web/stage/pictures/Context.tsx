// A context from both sides: the struct that programs see and the struct that the kernel has. Below them, an access to a field:
// as the program has it, and as the kernel rewrites it.

import { CODE_SIZE, LETTER_WIDTH, LINE_HEIGHT } from "../fit.ts";
import type { PictureProps } from "../picture.ts";
import { useStageText } from "../useStageText.ts";

/** Columns for the two structs side by side, and rows of the picture: names at the top, the access at the bottom. */
const COLUMNS = 50;
const ROWS = 9;

export function ContextPicture({ picture, frame, area, stageHeight }: PictureProps) {
  const text = useStageText();
  const { material, shown } = frame;
  const view = picture.kind === "context" ? material.contexts[picture.preset] : undefined;
  if (!view) return null;
  const members = view.fields.flatMap(({ name, kernel }) => (kernel ? [{ of: name, ...kernel }] : []));
  const access = view.fields.find(({ name }) => name === shown.field)?.accesses[0];
  const free = Math.min(area.width / COLUMNS / LETTER_WIDTH, area.height / ROWS / LINE_HEIGHT);
  const size = Math.max(CODE_SIZE.least * stageHeight, Math.min(0.05 * stageHeight, free));
  return (
    <div className="context-picture" style={{ fontSize: size }}>
      <div className="context-picture__side">
        <p>{text.progSide}</p>
        <Struct
          name={view.prog}
          members={view.fields.map((field) => ({ of: field.name, ...field }))}
          marked={shown.field}
        />
      </div>
      <div className="context-picture__side">
        <p>{text.kernSide}</p>
        <Struct name={view.kern} members={[...members].sort((a, b) => a.off - b.off)} marked={shown.field} />
      </div>
      {access && (
        <div className="context-picture__access">
          <code className="enters">{access.from}</code>
          {shown.rewritten && (
            <>
              <span className="context-picture__arrow" role="img" aria-label={text.becomes}>
                →
              </span>
              <code className="enters" data-made>
                {access.to.join("\n")}
              </code>
            </>
          )}
        </div>
      )}
    </div>
  );
}

interface StructProps {
  readonly name: string;
  readonly members: readonly {
    readonly of: string;
    readonly name: string;
    readonly off: number;
    readonly size: number;
  }[];
  readonly marked: string;
}

const Struct = ({ name, members, marked }: StructProps) => (
  <pre lang="en">
    <span className="lines__row">
      {name} {"{"}
    </span>
    {members.map((member) => (
      <span key={member.name} className="lines__row" data-marked={member.of === marked || undefined}>
        {"  "}u{member.size * 8} {member.name}; <span className="context-picture__off">+{member.off}</span>
      </span>
    ))}
    <span className="lines__row">{"}"}</span>
  </pre>
);
