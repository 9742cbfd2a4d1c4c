/** What the gateway wrote into the panel's document. */

export interface Boot {
  key: string;
  name: string;
  /** `#rrggbb` */
  accent: string;
  /** The tag that is spoken, such as `de-AT`. */
  language: string;
  /** Where its words are: the panel's, and its parts'. */
  words: [string, string];
  greeting: string;
  /** The shop's origins; nobody else may open the panel. */
  origins: string[];
  /** A page of its own, opened by the link in a message: no shop's page is around it. */
  alone: boolean;
  /** Address of the shopper's socket. */
  socket: string;
}

export function readBoot(page: Document): Boot {
  return JSON.parse(page.getElementById("boot")?.textContent ?? "") as Boot;
}
