// Puts the groups together over one state: all that the page may ask. The check group is there at once, every other group is loaded when it
// is first asked for. Nothing in here throws because of a reader's input.
import { Registry } from "../kernel/registry.ts";
import { type Group, type Method, type Remote, remote, type SessionApi } from "./api.ts";
import { createCheck } from "./groups/check.ts";
import { newState, type SessionOptions } from "./state.ts";

export type { SessionOptions };

type Loaders = { readonly [Of in Group]: () => Promise<SessionApi[Of]> };

export function createSession(options: SessionOptions = {}): Remote {
  const state = newState(new Registry(), options);
  const loaders: Loaders = {
    check: once(async () => createCheck(state)),
    kernel: once(async () => (await import("./groups/kernel.ts")).createKernel(state)),
    runs: once(async () => (await import("./groups/runs.ts")).createRuns(state)),
    tools: once(async () => (await import("./groups/tools.ts")).createTools(state)),
    objects: once(async () => (await import("./groups/objects.ts")).createObjects(state)),
    language: once(async () => (await import("./groups/language.ts")).createLanguage(() => state.editor)),
  };
  return remote(async (method, args) => useCase(await groupOf(loaders, method), method)(...args));
}

function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return () => (loaded ??= load());
}

async function groupOf(loaders: Loaders, method: Method): Promise<object> {
  const [group] = method.split(".") as [Group];
  return loaders[group]();
}

function useCase(group: object, method: Method): (...args: readonly unknown[]) => unknown {
  const name = method.slice(method.indexOf(".") + 1);
  if (!Object.hasOwn(group, name)) throw new Error(`no use case ${method}`);
  return (group as Record<string, (...args: readonly unknown[]) => unknown>)[name] as never;
}
