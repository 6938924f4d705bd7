/** The languages of what readers see. */
export type Language = "en" | "ja";

export interface Texts {
  readonly en: string;
  readonly ja: string;
}
