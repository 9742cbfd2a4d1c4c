/** What somebody wrote, as nodes, never HTML: links, and what an agent made stand out. */

import type { ComponentChildren } from "preact";
import { addresses, blocks, type Piece } from "../link/marks";
import { dress } from "./sheet";
import css from "./wording.css?inline";

dress(css);

interface Props {
  text: string;
  /** The shopper's: only its addresses become anything. */
  own: boolean;
}

export function Words({ text, own }: Props) {
  return <>{own ? drawn(addresses(text)) : marked(text)}</>;
}

function marked(text: string) {
  return blocks(text).map(({ is, of, numbers }) => {
    if (is === "text") return of.map(drawn);
    const items = of.map((pieces, n) => <li value={numbers?.[n]}>{drawn(pieces)}</li>);
    return is === "ol" ? <ol class="marked">{items}</ol> : <ul class="marked">{items}</ul>;
  });
}

const TAGS = { b: "strong", i: "em", code: "code" } as const;

function drawn(pieces: readonly Piece[]): ComponentChildren[] {
  return pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    const inner = drawn(piece.of);
    if (piece.is === "a") return linked(piece.href ?? null, inner);
    const Tag = TAGS[piece.is];
    return <Tag>{inner}</Tag>;
  });
}

function linked(href: string | null, inner: ComponentChildren): ComponentChildren {
  if (!href) return inner;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
      {inner}
    </a>
  );
}
