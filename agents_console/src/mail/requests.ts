/** The mails' HTTP: what comes and what goes. */

import type { Ask } from "../api";

/** Language → part → template; what is missing is said in our words. */
export type Wording = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface PartFact {
  readonly name: string;
  /** Characters. */
  readonly most: number;
  /** What may be inserted. */
  readonly names: readonly string[];
}

export interface LogoFact {
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

export interface MailFact {
  readonly store: string;
  readonly language: string;
  readonly languages: readonly string[];
  readonly parts: readonly PartFact[];
  readonly ours: Wording;
  readonly words: Wording;
  /** What is wrong with what is kept, by `language.part`. */
  readonly broken: Readonly<Record<string, string>>;
  readonly logo: LogoFact | null;
  readonly conversations: readonly { readonly number: number; readonly shopper: string }[];
  readonly may_change: boolean;
}

export interface PreviewFact {
  readonly from: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly broken: Readonly<Record<string, string>>;
}

export interface Requests {
  look(): Promise<MailFact>;
  put(words: Wording, seen: Wording): Promise<MailFact>;
  preview(language: string, words: Wording, number: number | null): Promise<PreviewFact>;
  /** A picture in base64; null takes it away. */
  logo(picture: string | null): Promise<MailFact>;
}

export function requests(ask: Ask, storeId: string): Requests {
  const place = `/api/stores/${encodeURIComponent(storeId)}/mail`;
  return {
    look: () => ask("GET", place),
    put: (words, seen) => ask("PUT", place, { words, seen }),
    preview: (language, words, number) =>
      ask("POST", `${place}/preview`, { language, words, number }),
    logo: (picture) => ask("PUT", `${place}/logo`, { picture }),
  };
}
