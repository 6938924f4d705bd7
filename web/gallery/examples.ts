// The built-in programs, loaded when one of them or the gallery is opened.
export { EXAMPLES } from "../../engine/index.ts";
