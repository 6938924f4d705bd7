/** Languages of the texts that a reader sees. */
export type Language = "en" | "ja";

export interface Texts {
  readonly en: string;
  readonly ja: string;
}
