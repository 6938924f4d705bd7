import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "./bytes.ts";
import { sha256 } from "./sha256.ts";

test("the digest of any message equals that of another implementation", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      expect(toHex(sha256(message))).toBe(createHash("sha256").update(message).digest("hex"));
    }),
  );
});
