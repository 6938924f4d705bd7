// What a call gets while the machine goes back to its saved state or ends. The machine here answers when the test says so.
import { expect, test } from "vitest";
import { RealLinux } from "./real-linux.ts";

function machine() {
  const done: string[] = [];
  const restores: { resolve: () => void; reject: (why: Error) => void }[] = [];
  const alarms: (() => void)[] = [];
  const linux = new RealLinux(
    {
      send: () => done.push("asked"),
      listen: () => {},
      restore: () => new Promise((resolve, reject) => restores.push({ resolve, reject })),
      destroy: async () => void done.push("destroyed"),
    },
    {
      later: (_, action) => {
        alarms.push(action);
        return () => alarms.splice(alarms.indexOf(action), 1);
      },
    },
  );
  return { linux, done, restores, alarms };
}
const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

test("a call that waits is asked only when the machine is back, and the one before it is cut off", async () => {
  const { linux, done, restores, alarms } = machine();
  const first = linux.detach(1);
  const second = linux.detach(2);
  await soon();
  alarms[0]?.();
  await soon();
  expect(done).toEqual(["asked"]);
  restores[0]?.resolve();
  expect(await first).toEqual({ cutOff: true, ms: 10_000 });
  await soon();
  expect(done).toEqual(["asked", "asked"]);
  void linux.reset();
  restores[0]?.resolve();
  await soon();
  restores[1]?.resolve();
  expect(await second).toEqual({ cutOff: true });
  expect([linux.resets, alarms]).toEqual([2, []]);
});

test("a machine that does not come back says so to its caller, and can be reset again", async () => {
  const { linux, restores, alarms } = machine();
  const first = linux.detach(1);
  await soon();
  alarms[0]?.();
  await soon();
  restores[0]?.reject(new Error("no state"));
  await expect(first).rejects.toThrow("no state");
  await expect(linux.detach(2)).rejects.toThrow("no state");
  const again = linux.reset();
  await soon();
  restores[1]?.resolve();
  await again;
});

test("an ended machine is asked nothing", async () => {
  const { linux, done, restores, alarms } = machine();
  const calls = [linux.detach(1), linux.detach(2)];
  await soon();
  await linux.dispose();
  expect(await Promise.all(calls)).toEqual([{ cutOff: true }, { cutOff: true }]);
  await linux.reset();
  expect([done, restores, alarms]).toEqual([["asked", "destroyed"], [], []]);
});
