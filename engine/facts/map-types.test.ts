import { expect, test } from "vitest";
import { MAP_TYPES } from "./map-types.ts";

test("which map types have a value for each CPU, and which evict, is told by their rows as by their names", () => {
  for (const { name, perCpu, lru } of MAP_TYPES)
    expect([name, perCpu, lru]).toEqual([name, name.includes("percpu"), name.startsWith("lru_")]);
});
