// The kernel types that an object with CO-RE needs, on a bad network.
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { inThread } from "../engine-in-thread.ts";

vi.stubGlobal("location", { search: "", hash: "", pathname: "/", origin: "null" });
vi.stubGlobal("navigator", { language: "en" });

const { onEngineBug, startEngine } = await import("../engine.ts");
const { openObject, showProgram, useObject } = await import("./object.ts");
const { useProgram } = await import("./program.ts");

const read = (path: string) => new Uint8Array(readFileSync(new URL(`../../../engine/${path}`, import.meta.url)));
const bugs: string[] = [];
startEngine(inThread());
onEngineBug((text) => bugs.push(text));

test("types that a host does not have are no fault of the page, and are asked for again", async () => {
  const answers = [
    new Response("<h1>Not Found</h1>", { status: 404 }),
    new Response(read("facts/recorded/linux-6.18.bin.gz")),
  ];
  const fetched = vi.fn(async () => answers.shift());
  vi.stubGlobal("fetch", fetched);
  await openObject(new File([read("object/fixtures/core.bpf.o")], "core.bpf.o"));
  expect(useObject.getState().object?.needsKernel).toBe(true);
  expect(useProgram.getState().notice).toMatchObject({
    kind: "said",
    bad: true,
    words: { en: "The types of Linux 6.18 could not be loaded: is there a network?" },
  });
  await showProgram(0);
  expect(useObject.getState().load?.program).toBeTruthy();
  await showProgram(0);
  expect([fetched.mock.calls.length, bugs]).toEqual([2, []]);
});
