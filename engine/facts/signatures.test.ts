import { expect, test } from "vitest";
import { HELPER_PROTOS } from "./helpers.ts";
import { helperSignature } from "./signatures.ts";

test("helperSignature() gives a helper's C signature by its number", () => {
  expect(helperSignature(1)).toEqual({
    returns: "void *",
    params: ["struct bpf_map *map", "const void *key"],
    text: "void *bpf_map_lookup_elem(struct bpf_map *map, const void *key)",
  });
  expect(helperSignature(5)?.params).toEqual([]);
  expect(helperSignature(0)).toBeUndefined();
});

test("every recorded prototype has a signature with the same number of parameters, except two whose last one the kernel ignores", () => {
  const wrong = HELPER_PROTOS.filter((proto) => {
    const signature = helperSignature(proto.id);
    const count = proto.args.filter((arg) => arg.kind !== "ARG_DONTCARE").length;
    return !signature || (signature.params.length !== count && !signature.text.includes("..."));
  });
  expect(wrong.map((proto) => proto.func)).toEqual(["bpf_get_cgroup_classid_curr", "bpf_get_branch_snapshot"]);
});
