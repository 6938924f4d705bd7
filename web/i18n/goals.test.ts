import { expect, test } from "vitest";
import type { Goal, GoalView } from "../../engine/index.ts";
import { goalTexts } from "./goals.ts";

const WANTED = "00".repeat(40);
const goal = (secret: boolean): Goal => ({ kind: "sends", on: ["icmp-echo"], is: WANTED, secret });
const view = (came: string): GoalView => ({
  met: false,
  found: came,
  counterExample: { on: ["icmp-echo"], actual: came, wanted: WANTED },
  missingStep: 0,
});
const now = (secret: boolean, came: string, language: "en" | "ja" = "en") =>
  goalTexts([goal(secret)], [view(came)], language)[0]?.now;

test("of a packet that is another, the first byte that differs is told", () => {
  const came = `${"00".repeat(34)}08${"00".repeat(5)}`;
  expect(now(false, came)).toBe("byte 34 is 08, expected 00");
  expect(now(true, came)).toBe("with icmp-echo: byte 34 is 08, expected 00");
  expect(now(false, came, "ja")).toBe("34 バイト目は 08、期待値は 00");
  expect(now(false, "00".repeat(41))).toBe("byte 40 is 00, expected no byte");
});

test("a few bytes, a number and a reason are told whole", () => {
  expect(now(false, "0102")).toBe("now: 0102");
  expect(now(true, "EINVAL")).toContain("got EINVAL");
});

test("where the kernel lacks a step of the recipe, that is what stands in the way, and it is told once", () => {
  const goals: Goal[] = [
    { kind: "verdict", is: "accept" },
    { kind: "returns", on: ["10"], is: 52, secret: false },
  ];
  const views = goals.map(() => ({ met: false, found: "Invalid argument", counterExample: null, missingStep: 1 }));
  expect(goalTexts(goals, views, "en").map((aim) => aim.now)).toEqual(["now: step 1 of the recipe is missing", ""]);
  expect(goalTexts(goals, views, "ja")[0]?.now).toBe("今は: レシピの手順 1 がありません");
});
