// libbpf's own loads: runs the loader with capture.so, and reads its record, program by program.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { CapturedLoad, CapturedMap } from "../objects/load-differences.ts";

/** One line that capture.so or load wrote. Descriptors are those of the loader. */
interface CapturedCall {
  readonly cmd?: number;
  readonly ret?: number;
  readonly errno?: number;
  readonly program?: string;
  readonly loaded?: string;
  readonly unopened?: string;
  readonly value?: number | string;
  readonly [field: string]: unknown;
}

export interface Captured {
  readonly program: string;
  /** undefined: libbpf failed before it loaded the program. */
  readonly load: CapturedLoad | undefined;
  /** libbpf's messages, and its result. */
  readonly messages: string;
  readonly result: number;
}

const MAP_CREATE = 0;
const MAP_UPDATE = 2;
const PROG_LOAD = 5;
const MAP_FREEZE = 22;

/**
 * The loads of an object's programs. A string: libbpf cannot open the object, and why. `keep`: a file for the record. If it exists
 * already, neither libbpf nor the kernel is asked.
 */
export function capture(tools: string, object: string, keep?: string): readonly Captured[] | string {
  if (keep !== undefined && existsSync(keep)) return readRecord(gunzipSync(readFileSync(keep)).toString());
  const written = runLoader(tools, object);
  if (keep !== undefined) {
    mkdirSync(dirname(keep), { recursive: true });
    writeFileSync(keep, gzipSync(written, { level: 1 }));
  }
  return readRecord(written);
}

/** Runs the loader and returns the lines of capture.so and load. */
function runLoader(tools: string, object: string): string {
  const dir = mkdtempSync(join(tmpdir(), "capture-"));
  const path = join(dir, "calls.jsonl");
  try {
    execFileSync(join(tools, "load"), [object, "2"], {
      env: { ...process.env, LD_PRELOAD: join(tools, "capture.so"), CAPTURE: path },
      stdio: "ignore",
      timeout: 1_800_000,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ETIMEDOUT") throw error;
    // The exit code says that the object cannot be opened. The last line says it too.
  }
  try {
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function readRecord(written: string): readonly Captured[] | string {
  const calls = written
    .trimEnd()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CapturedCall);
  const unopened = calls.find((call) => call.unopened !== undefined);
  return unopened?.unopened ?? programsOf(calls);
}

function programsOf(calls: readonly CapturedCall[]): Captured[] {
  const found: Captured[] = [];
  let start = -1;
  for (const [i, call] of calls.entries()) {
    if (call.program !== undefined) start = i;
    if (call.loaded === undefined || start < 0) continue;
    const program = calls[start]!.program as string;
    found.push({
      program,
      load: loadOf(calls.slice(start, i), program),
      messages: call.loaded,
      result: Number(call.value),
    });
    start = -1;
  }
  return found;
}

function loadOf(calls: readonly CapturedCall[], program: string): CapturedLoad | undefined {
  const maps = new Map<number, CapturedMap & { values: Record<string, string>; frozen: boolean }>();
  let load: CapturedLoad | undefined;
  for (const call of calls) {
    const fd = Number(call.fd);
    if (call.cmd === MAP_CREATE && Number(call.ret) >= 0) {
      const {
        name = "",
        type,
        key_size,
        value_size,
        max_entries,
        flags,
        inner,
      } = call as unknown as CapturedMap & { inner: number };
      maps.set(Number(call.ret), {
        name,
        type,
        key_size,
        value_size,
        max_entries,
        flags,
        inner: maps.get(inner),
        values: {},
        frozen: false,
      });
    } else if (call.dup !== undefined) {
      const map = maps.get(Number(call.dup));
      if (map) maps.set(Number(call.ret), map);
    } else if (call.cmd === MAP_UPDATE) {
      const map = maps.get(fd);
      if (map) map.values[String(call.key)] = String(call.value ?? "");
    } else if (call.cmd === MAP_FREEZE) {
      const map = maps.get(fd);
      if (map) (map as { frozen: boolean }).frozen = true;
    } else if (call.cmd === PROG_LOAD && call.name === program.slice(0, 15) && call.log !== undefined) {
      load = { ...(call as unknown as CapturedLoad), maps: Object.fromEntries(maps) };
    }
  }
  return load;
}
