// The built-in programs, loaded when one of them is opened or the gallery is.
export { EXAMPLES } from "../../engine/index.ts";
