/** A mail's HTML as a mail program would show it, where it can run and load nothing. */

export type Scheme = "light" | "dark";

const DARK = "(prefers-color-scheme:dark)";
const SCHEMES = 'content="light dark"';

/** The sandbox forbids scripts; the policy forbids every request, and pictures when they are off. */
export function sealed(html: string, scheme: Scheme, pictures: boolean): string {
  const images = pictures ? "img-src data:" : "img-src 'none'";
  const policy = `default-src 'none'; style-src 'unsafe-inline'; ${images}`;
  return html
    .replace("<head>", `<head><meta http-equiv="Content-Security-Policy" content="${policy}">`)
    .replaceAll(DARK, scheme === "dark" ? "all" : "not all")
    .replaceAll(SCHEMES, `content="${scheme}"`)
    .replace("color-scheme:light dark", `color-scheme:${scheme}`);
}
