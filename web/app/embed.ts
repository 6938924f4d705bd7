// The page inside another page: the HTML that puts it there, and the height that it asks the page around it for.

export type Height = "fixed" | "auto";

export interface EmbedOptions {
  readonly height: Height;
  readonly readOnly: boolean;
}

/** Pixels of a frame of fixed height: registers and a short program without scrolling. */
const FIXED = 560;

/** `link` is the whole address of the state; other origins than the page's own cannot get into it. */
export function embedSnippet(link: string, { height, readOnly }: EmbedOptions): string {
  const [page = "", hash = ""] = link.split("#", 2);
  const query = ["embed=1", ...(readOnly ? ["readonly=1"] : []), ...(height === "auto" ? ["height=auto"] : [])].join(
    "&amp;",
  );
  const frame = `<iframe src="${page}?${query}#${hash}" title="An eBPF program, step by step"
        width="100%" height="${FIXED}" style="border:1px solid #ccc" loading="lazy" allow="clipboard-write"></iframe>`;
  return height === "fixed" ? frame : `${frame}\n${LISTENER}`;
}

/** For the page around: takes the height from the frame that tells it, and nothing else. */
const LISTENER = `<script>
addEventListener("message", ({ data, source }) => {
  if (data?.type === "oreore-height" && Number.isFinite(data.height))
    for (const frame of document.querySelectorAll("iframe"))
      if (frame.contentWindow === source) frame.height = data.height;
});
</script>`;

/** Tells the page around how many pixels are needed. The number is all it learns, so any page may hear it. */
export function askForHeight(height: number): void {
  window.parent.postMessage({ type: "oreore-height", height }, "*");
}
