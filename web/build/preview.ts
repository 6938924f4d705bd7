// `npm start` and `vite preview` send text compressed, as every static host does: what one measures on one's own machine
// is then what visitors get.
import compression from "compression";
import type { Connect, Plugin } from "vite";

export function compressedPreview(): Plugin {
  // Written for Express, it uses nothing of a request or an answer but what Node's have.
  const compress = compression() as unknown as Connect.NextHandleFunction;
  return { name: "compressed-preview", configurePreviewServer: ({ middlewares }) => void middlewares.use(compress) };
}
