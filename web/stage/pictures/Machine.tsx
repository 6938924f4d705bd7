// The program with the next instruction marked, and the registers that the program uses, in decimal. A ring marks registers that
// the step read, a dot the one that it wrote.

import { lineOfSlot } from "../../stores/program/lines.ts";
import type { PictureProps } from "../picture.ts";
import { useStageText } from "../useStageText.ts";
import type { World } from "../world.ts";
import { sourceLines } from "./Code.tsx";
import { Lines } from "./Lines.tsx";

/** The program's part of the width. */
const PROGRAM_WIDTH = 0.62;

export function MachinePicture({ frame, area, stageHeight }: PictureProps) {
  const { world } = frame;
  const { step, check } = world;
  const slot = step ? step.slot : 0;
  const line = lineOfSlot(check, slot);
  const lines = sourceLines(world, "").map((one) => ({ ...one, marked: one.at === line }));
  return (
    <div className="machine-picture" data-testid="current-insn" data-index={slot}>
      <Lines
        lines={lines}
        area={{ width: area.width * PROGRAM_WIDTH, height: area.height }}
        stageHeight={stageHeight}
      />
      <Registers world={world} mark={frame.shown.mark} room={area.height / stageHeight} />
    </div>
  );
}

/** Registers that the program uses, and R1 and R10, which hold a value when it starts. */
function usedBy({ check }: World): readonly number[] {
  const bits = check.slots.reduce((all, { reads, writes }) => all | reads | writes, (1 << 1) | (1 << 10));
  return Array.from({ length: 11 }, (_, n) => n).filter((n) => (bits >> n) & 1);
}

interface RegistersProps {
  readonly world: World;
  /** Name of the register that is marked. "": none. */
  readonly mark: string;
  /** Height of the picture, as a fraction of the stage's height. */
  readonly room: number;
}

function Registers({ world, mark, room }: RegistersProps) {
  const { step, regsSet } = world;
  const used = usedBy(world);
  // The rows share the height, within a least and a most size.
  const size = Math.max(0.032, Math.min(0.05, (room - 0.05) / used.length / 1.55));
  return (
    <dl className="registers" style={{ fontSize: `calc(var(--stage) * ${size})` }}>
      {used.map((n) => {
        const changed = step?.changed.some(({ reg }) => reg === n) ?? false;
        const wrote = step ? (step.written >> n) & 1 : 0;
        return (
          <div
            key={n}
            className="registers__one"
            data-marked={mark === `R${n}` || undefined}
            data-written={changed || wrote === 1 || undefined}
            data-reads={(step && (step.reads >> n) & 1) || undefined}
          >
            <dt>R{n}</dt>
            <dd key={step?.step} data-testid={`reg-r${n}`} data-value={step?.regs[n]}>
              <Value n={n} world={world} isSet={((regsSet >> n) & 1) === 1} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** A number of this size or more is an address or a bit pattern, so it is shown in hex. */
const READABLE = 1n << 32n;

function Value({ n, world, isSet }: { readonly n: number; readonly world: World; readonly isSet: boolean }) {
  const text = useStageText();
  const { step, ctxAddress } = world;
  if (!isSet) return <span className="registers__unset">{text.unset}</span>;
  const hex = step?.regs[n];
  if (n === 10 || (hex !== undefined && hex === step?.frames.at(-1)?.top)) return text.fp;
  if (hex === undefined || (hex === ctxAddress && BigInt(`0x${ctxAddress}`) >= READABLE)) return text.ctx;
  const value = BigInt(`0x${hex}`);
  const signed = BigInt.asIntN(64, value);
  if (value < READABLE) return String(value);
  return signed < 0n && signed > -READABLE ? String(signed) : `0x${value.toString(16)}`;
}
