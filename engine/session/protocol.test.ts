// Both ends of the protocol, joined by two ports in one thread. Messages are copied and arrive later, as with a Worker.
import { expect, test } from "vitest";
import { EXAMPLES } from "../catalogue/examples.ts";
import type { Remote } from "./api.ts";
import { localWorker } from "./local-worker.ts";
import { Cancelled, type ClientOptions, connect, type WorkerLike } from "./protocol.ts";
import { createSession } from "./session.ts";
import type { ProgramInput } from "./views/program.ts";

const FILE = "/sys/oreore/bpf";
const plus42 = EXAMPLES[0]?.program as ProgramInput;

const spawnLocal = (session: Remote): WorkerLike =>
  localWorker(session, { copy: structuredClone, later: (call) => setTimeout(call, 0) });

const local = (options: Omit<ClientOptions, "spawn"> = {}) =>
  connect({ spawn: () => spawnLocal(createSession()), ...options });

test("a method answers across the protocol as it does in the same thread", async () => {
  const { api } = local();
  expect(await api.check.check(plus42, 1)).toEqual({
    ...(await createSession().check.check(plus42, 1)),
    us: expect.any(Number),
  });
  await api.kernel.load(plus42);
  await api.kernel.attach();
  const { run } = await api.kernel.writeFile(FILE, "10\n");
  expect((await api.runs.chunk(run?.run ?? -1, 0, 100))?.slots).toEqual(Int32Array.of(0, 1, 2, -1));
});

test("requests are answered in order", async () => {
  const { api } = local();
  const answers: number[] = [];
  await Promise.all(
    [1, 2, 3].map((revision) => api.check.check(plus42, revision).then((view) => answers.push(view.revision))),
  );
  expect(answers).toEqual([1, 2, 3]);
});

test("cancelling rejects waiting requests, and the new worker keeps the effects of answered ones", async () => {
  const client = local();
  await client.api.kernel.load(plus42);
  await client.api.kernel.attach();
  const { run } = await client.api.kernel.writeFile(FILE, "10\n");
  const waiting = client.api.kernel.writeFile(FILE, "11\n");
  expect(client.busy).toBe(true);
  client.cancel();
  await expect(waiting).rejects.toBeInstanceOf(Cancelled);
  expect(client.busy).toBe(false);
  // The write of 11 left no effect: the file holds 52, and the run can still be walked.
  expect(await client.api.runs.step(run?.run ?? -1, 2)).toMatchObject({ slot: 2, caption: "R0: 0xa → 0x34" });
  expect((await client.api.kernel.readFile(FILE)).data).toBe("52\n");
});

test("the client is told when it becomes busy and when it stops", async () => {
  const turns: boolean[] = [];
  const { api } = local({ onBusy: (busy) => turns.push(busy) });
  await Promise.all([api.check.check(plus42, 1), api.check.check(plus42, 2)]);
  expect(turns).toEqual([true, false]);
});

test("progress is reported while a request is worked on", async () => {
  const told: number[] = [];
  const quick = spawnLocal(createSession());
  const { api } = connect({ spawn: () => quick, onProgress: (insns) => told.push(insns) });
  const answer = api.check.check(plus42, 1);
  quick.onmessage?.({ data: { progress: 16384 } });
  await answer;
  expect(told).toEqual([16384]);
});

test("an exception in a method rejects its promise and nothing else", async () => {
  const session = createSession();
  const broken: Remote = {
    ...session,
    runs: {
      ...session.runs,
      marks: () => {
        throw new Error("a mistake of ours");
      },
    },
  };
  const { api } = connect({ spawn: () => spawnLocal(broken) });
  await expect(api.runs.marks(1, 1)).rejects.toThrow("a mistake of ours");
  expect((await api.check.check(plus42, 1)).verdict).toBe("accept");
});

test("an answer that cannot be copied rejects its promise and nothing else", async () => {
  const session = createSession();
  const broken = { ...session, runs: { ...session.runs, marks: async () => () => {} } } as unknown as Remote;
  const { api } = connect({ spawn: () => spawnLocal(broken) });
  await expect(api.runs.marks(1, 1)).rejects.toThrow(/^runs\.marks: .*could not be cloned/);
  expect((await api.check.check(plus42, 1)).verdict).toBe("accept");
});

test("a worker that cannot be loaded is not started over and over, but again at the next request", async () => {
  let started = 0;
  const broken = (): WorkerLike => {
    const worker: WorkerLike = { onmessage: null, onerror: null, postMessage: () => {}, terminate: () => {} };
    setTimeout(() => worker.onerror?.({}), 0);
    return worker;
  };
  const { api } = connect({ spawn: () => (++started > 2 ? spawnLocal(createSession()) : broken()) });
  await expect(api.check.check(plus42, 1)).rejects.toThrow("the engine could not be loaded");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(started).toBe(1);
  await expect(api.check.check(plus42, 2)).rejects.toThrow("the engine could not be loaded");
  expect((await api.check.check(plus42, 3)).verdict).toBe("accept");
  expect(started).toBe(3);
});

test("an unknown method is refused", async () => {
  const { api } = local();
  const forged = api.kernel as unknown as { toString(): Promise<unknown>; constructor(): Promise<unknown> };
  await expect(forged.constructor()).rejects.toThrow("no use case kernel.constructor");
});

test("a new worker repeats a limited number of calls, and runs keep their numbers", async () => {
  let repeated = 0;
  let started = 0;
  const { api, cancel } = connect({
    spawn: () => {
      const worker = spawnLocal(createSession());
      const fresh = ++started > 1;
      return {
        ...worker,
        get onmessage() {
          return worker.onmessage;
        },
        set onmessage(told: WorkerLike["onmessage"]) {
          worker.onmessage = told;
        },
        postMessage(message: unknown) {
          if (fresh && (message as { id: number }).id === 0) repeated++;
          worker.postMessage(message);
        },
      };
    },
  });
  await api.kernel.load(plus42);
  await api.kernel.attach();
  let last = -1;
  for (let i = 0; i < 300; i++) last = (await api.kernel.writeFile(FILE, `${i}\n`)).run?.run ?? -1;
  expect(last).toBe(300);
  cancel();
  // The last run exists again under its number, and the next run continues the count.
  expect((await api.runs.step(last, 3))?.step).toBe(3);
  expect((await api.kernel.writeFile(FILE, "1\n")).run?.run).toBe(301);
  expect((await api.kernel.readFile(FILE)).data).toBe("43\n");
  // Load, attach, and 200 writes with their numbers.
  expect(repeated).toBe(402);
});
