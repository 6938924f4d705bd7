// Python's zipfile reads the archive and checks sums and sizes. Skipped if there is no Python.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { zip } from "./zip.ts";

const python = spawnSync("python3", ["--version"]).status === 0;

test.skipIf(!python)("another program reads back what was put in, with its modes", async () => {
  const archive = zip([
    { path: "oreore/README.md", text: "オレオレ\n", executable: false },
    { path: "oreore/run.sh", text: "#!/bin/sh\n", executable: true },
  ]);
  const script = `
import sys, zipfile, json, io
z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert z.testzip() is None
print(json.dumps([[i.filename, oct(i.external_attr >> 16), z.read(i).decode()] for i in z.infolist()]))`;
  const { stdout, stderr } = spawnSync("python3", ["-c", script], {
    encoding: "utf8",
    input: Buffer.from(await archive.arrayBuffer()),
  });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual([
    ["oreore/README.md", "0o100644", "オレオレ\n"],
    ["oreore/run.sh", "0o100755", "#!/bin/sh\n"],
  ]);
});
