import fc from "fast-check";
import { expect, test } from "vitest";
import { VerifierLog } from "./buffer.ts";

test("a log that is cut back equals a log in which nothing was written after that position", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ minLength: 1, maxLength: 5 }), fc.nat(400)), { maxLength: 3000, size: "max" }),
      (steps) => {
        const log = new VerifierLog(2);
        let model = "";
        for (const step of steps) {
          if (typeof step === "string") {
            log.append(step, "note", 0);
            model += step;
          } else {
            const pos = Math.max(0, model.length - step);
            log.reset(pos);
            model = model.slice(0, pos);
          }
          expect(log.endPos).toBe(model.length);
        }
        expect(log.text()).toBe(model);
        expect(log.finalize()).toBe(0);
      },
    ),
    { numRuns: 30 },
  );
});

test("a full buffer keeps the last bytes, one less than its size, and refuses with ENOSPC", () => {
  const log = new VerifierLog(2, 100);
  for (let i = 0; i < 5000; i++) log.append(`${i}\n`, "note", 0);
  const all = Array.from({ length: 5000 }, (_, i) => `${i}\n`).join("");
  expect(log.text()).toBe(all.slice(-99));
  expect(log.endPos).toBe(all.length);
  expect(log.trueSize).toBe(all.length + 1);
  expect(log.finalize()).toBe(-28);
});

test("a buffer that keeps the beginning keeps it after cuts too, and also refuses with ENOSPC", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ minLength: 1, maxLength: 9 }), fc.nat(30)), { maxLength: 60 }),
      fc.integer({ min: 1, max: 120 }),
      (steps, size) => {
        const log = new VerifierLog(2 | 8, size);
        let model = "";
        let longest = 0;
        for (const step of steps) {
          if (typeof step === "string") {
            log.append(step, "note", 0);
            model += step;
            longest = Math.max(longest, model.length + 1);
          } else {
            model = model.slice(0, Math.max(0, model.length - step));
            log.reset(model.length);
          }
        }
        expect(log.text().length).toBeLessThan(size);
        if (longest <= size) expect(log.text()).toBe(model);
        expect(log.finalize()).toBe(longest > size ? -28 : 0);
      },
    ),
  );
  const log = new VerifierLog(1 | 8, 8);
  log.append("abcdef", "note", 0);
  log.append("ghijkl", "note", 0);
  expect(log.text()).toBe("abcdefg");
  log.reset(3);
  log.append("xyz", "note", 0);
  expect(log.text()).toBe("abcxyz");
});

test("level 0 keeps nothing", () => {
  const log = new VerifierLog(0);
  log.append("x", "note", 0);
  expect(log.text()).toBe("");
  expect(log.endPos).toBe(0);
});

test("cutting off the newline after each line does not move old text", () => {
  const log = new VerifierLog(1, 1 << 16);
  let whole = "";
  for (let i = 0; i < 100_000; i++) {
    log.append(`${i}: exit\n`, "note", 0);
    log.reset(log.endPos - 1);
    log.append(" ; R0\n", "note", 0);
    if (i >= 95_000) whole += `${i}: exit ; R0\n`;
  }
  // The whole log is 20 times as long as what is kept. If old text were moved again for each line, this would take minutes.
  expect(log.text()).toHaveLength((1 << 16) - 1);
  expect(whole.endsWith(log.text())).toBe(true);
});
