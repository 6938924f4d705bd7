// From an instruction to the line that made it, and back.
import type { CheckView, SlotView } from "../../../engine/index.ts";

/** From 1. 0: no line made the instruction. */
export const lineOfSlot = (check: CheckView | null, slot: number): number =>
  check?.slots.find((one) => one.slot === slot)?.span?.line ?? 0;

/** The first instruction that begins on a line. -1: the line makes none. */
export const slotOfLine = (check: CheckView | null, line: number): number =>
  check?.slots.find(({ span }) => span?.line === line)?.slot ?? -1;

/** The instructions that a line made completely or in part. */
export const slotsOnLine = (check: CheckView | null, line: number): readonly SlotView[] =>
  check?.slots.filter(({ span }) => span && span.line <= line && line <= span.endLine) ?? [];
