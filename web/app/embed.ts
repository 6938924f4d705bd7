// The page inside another page: the HTML that embeds it, and the height that it asks for.

export type Height = "fixed" | "auto";

export interface EmbedOptions {
  readonly height: Height;
  readonly readOnly: boolean;
}

/** Pixels of a frame of fixed height: registers and a short program without scrolling. */
const FIXED = 560;

/** `link` is the whole address of the state. No origin but the page's own can get into the HTML. */
export function embedSnippet(link: string, { height, readOnly }: EmbedOptions): string {
  const [page = "", hash = ""] = link.split("#", 2);
  const query = ["embed=1", ...(readOnly ? ["readonly=1"] : []), ...(height === "auto" ? ["height=auto"] : [])].join(
    "&amp;",
  );
  const frame = `<iframe src="${page}?${query}#${hash}" title="An eBPF program, step by step"
        width="100%" height="${FIXED}" style="border:1px solid #ccc" loading="lazy" allow="clipboard-write"></iframe>`;
  return height === "fixed" ? frame : `${frame}\n${LISTENER}`;
}

/** For the page around: takes the height from its frame, and nothing else. */
const LISTENER = `<script>
addEventListener("message", ({ data, source }) => {
  if (data?.type === "oreore-height" && Number.isFinite(data.height))
    for (const frame of document.querySelectorAll("iframe"))
      if (frame.contentWindow === source) frame.height = data.height;
});
</script>`;

/** Tells the page around how many pixels are needed. That page learns only this number, so any page may receive it. */
export function askForHeight(height: number): void {
  window.parent.postMessage({ type: "oreore-height", height }, "*");
}
