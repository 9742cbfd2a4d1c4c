/** Finds the web addresses in what somebody wrote; everything else stays plain text. */

export interface Piece {
  readonly text: string;
  /** Set for a link: http or https, as the browser understood it. */
  readonly href: string | null;
}

const ADDRESS = /https?:\/\/[^\s<>"“”]+/gi;
/** What ends a sentence rather than an address. */
const TAIL = /[.,;:!?'’»]+$/;

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = trimmed(match[0]);
    const href = parsed(found);
    if (!href) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
    pieces.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null });
  return pieces;
}

function trimmed(found: string): string {
  let link = found.replace(TAIL, "");
  // "(see https://a.example/b)" closes its own bracket, "https://a.example/b_(c)" the address's.
  while (link.endsWith(")") && count(link, ")") > count(link, "(")) {
    link = link.slice(0, -1).replace(TAIL, "");
  }
  return link;
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

function parsed(link: string): string | null {
  try {
    const url = new URL(link);
    // `https://shop.example@evil.example` reads as the one and leads to the other.
    return url.username || url.password ? null : url.href;
  } catch {
    return null;
  }
}
