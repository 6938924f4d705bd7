/** The languages of what readers see. */
export type Language = "en" | "ja";
