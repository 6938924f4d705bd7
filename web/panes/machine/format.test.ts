import { expect, test } from "vitest";
import { resultInRegister, returnText } from "./format.ts";

const end = (r0: bigint, action = "") => ({
  retval: Number(BigInt.asUintN(32, r0)),
  action,
  r0: BigInt.asUintN(64, r0).toString(16).padStart(16, "0"),
});

test("a result and R0 are seen to be one number where they are written otherwise", () => {
  expect(returnText(end(17n))).toBe("17");
  expect(resultInRegister(end(17n), "hex")).toBe("0x11");
  expect(resultInRegister(end(17n), "binary")).toBe("0b1_0001");
  expect(resultInRegister(end(17n), "unsigned")).toBe("");
  expect(resultInRegister(end(1n, "XDP_DROP"), "hex")).toBe("");
  expect(resultInRegister(end(-1n), "signed")).toBe("-1");
  expect(resultInRegister(end(-1n), "hex")).toBe("0xffffffffffffffff");
});
