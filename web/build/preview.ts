// `npm start` and `vite preview` send text compressed, as every static host does. So a measurement on one's own machine shows what visitors
// get.
import compression from "compression";
import type { Connect, Plugin } from "vite";

export function compressedPreview(): Plugin {
  // Written for Express, but it uses only what Node's own requests and responses have.
  const compress = compression() as unknown as Connect.NextHandleFunction;
  return { name: "compressed-preview", configurePreviewServer: ({ middlewares }) => void middlewares.use(compress) };
}
