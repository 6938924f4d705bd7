// The copied text is correct Markdown, whatever the program contains.
import { marked } from "marked";
import { expect, test } from "vitest";
import { asMarkdown } from "./markdown.ts";

const PAGE = {
  source: "BPF_EXIT_INSN(),\n",
  progType: "oreore",
  input: "10",
  verdict: "reject",
  errno: "EACCES",
  message: "R0 !read_ok",
  log: Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n"),
  link: "https://host.example/#v1.abc",
};

test("program, verdict with its errno, the end of the log and the link, in this order", () => {
  const text = asMarkdown(PAGE);
  const tokens = marked.lexer(text).filter((token) => token.type !== "space");
  expect(tokens.map((token) => token.type)).toEqual(["code", "paragraph", "code", "paragraph"]);
  expect(text).toContain("**refused with `-EACCES`** (`R0 !read_ok`)");
  expect(text).toContain("line 39");
  expect(text).not.toContain("line 20\n");
  expect(text).toContain("[Open it in Oreore](https://host.example/#v1.abc)");
});

test("backticks in a program do not end its block", () => {
  const source = "// ```\n// ````\nBPF_EXIT_INSN(),";
  const [code] = marked.lexer(asMarkdown({ ...PAGE, source }));
  expect(code).toMatchObject({ type: "code", text: source });
});
