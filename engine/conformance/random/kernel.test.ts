// Questions to a recorder that cannot answer: none of them waits for ever.
import { expect, test } from "vitest";
import { Kernel } from "./kernel.ts";

test("a recorder that cannot be started answers each question with an error", async () => {
  const kernel = new Kernel("no-such-command", []);
  const error = "the recorder cannot be started: spawn no-such-command ENOENT";
  expect(await Promise.all([kernel.askRecord({}), kernel.askRecord({})])).toMatchObject([{ error }, { error }]);
  expect(await kernel.askRecord({})).toMatchObject({ error });
});

test("a recorder that ends answers open and later questions with an error, after the answers that it gave", async () => {
  const code =
    'process.stdin.once("data", () => { console.log(JSON.stringify({ errno: 7 })); process.exitCode = 3; process.stdin.destroy(); });';
  const kernel = new Kernel(process.execPath, ["-e", code]);
  const error = "the recorder ended (exit code 3)";
  expect(await Promise.all([kernel.askRecord({}), kernel.askRecord({})])).toMatchObject([{ errno: 7 }, { error }]);
  expect(await kernel.askRecord({})).toMatchObject({ error });
});
