import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkMapCreate, createdMapFlags } from "./map-create.ts";

interface Row {
  readonly type: string;
  readonly key_size: number;
  readonly value_size: number;
  readonly max_entries: number;
  readonly flags: number;
  readonly errno: number;
  readonly typed?: boolean;
  readonly extra?: number;
}

const rows = readFileSync(new URL("recordings/map-create.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

const mapOf = (row: Row) => ({
  name: "m",
  type: row.type,
  keySize: row.key_size,
  valueSize: row.value_size,
  maxEntries: row.max_entries,
  flags: row.flags,
  ...(row.typed && { typed: row.typed }),
  ...(row.extra && { extra: row.extra }),
});

test("each recorded BPF_MAP_CREATE gets the errno that Linux returned", () => {
  expect(rows.length).toBeGreaterThan(200);
  const wrong = rows.filter((row) => checkMapCreate(mapOf(row)) !== (row.errno === 0 ? 0 : -row.errno));
  expect(wrong).toEqual([]);
});

test("device maps are read-only for programs even if that was not asked for", () => {
  const map = { name: "d", type: "devmap", keySize: 4, valueSize: 4, maxEntries: 1, flags: 0 };
  expect(createdMapFlags(map)).toBe(128);
  expect(createdMapFlags({ ...map, type: "hash" })).toBe(0);
});
