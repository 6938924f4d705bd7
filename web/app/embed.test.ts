// The HTML for other pages: what is in it, and what cannot get into it.
import { expect, test } from "vitest";
import { embedSnippet } from "./embed.ts";

const LINK = "https://host.example/oreore/#v1.abc-_9";

test("a frame of fixed height is one element with the state in its address", () => {
  const html = embedSnippet(LINK, { height: "fixed", readOnly: false });
  expect(html).toContain('src="https://host.example/oreore/?embed=1#v1.abc-_9"');
  expect(html).not.toContain("<script>");
});

test("the address asks for read-only and automatic height, and the page around listens", () => {
  const html = embedSnippet(LINK, { height: "auto", readOnly: true });
  expect(html).toContain("?embed=1&amp;readonly=1&amp;height=auto#v1.abc-_9");
  expect(html).toContain("frame.contentWindow === source");
});
