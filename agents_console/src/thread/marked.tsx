/** What an agent wrote, with what they made stand out; and in a note, the colleagues it names. */

import { Fragment, type JSX } from "preact";
import { type Block, blocks, type Piece } from "../../../widget/link/marks";
import "../styles/marked.css";

interface MarkedProps {
  text: string;
  /** Names that stand behind an `@` here. */
  names?: readonly string[];
}

export function Marked({ text, names = [] }: MarkedProps) {
  return (
    <>
      {blocks(text).map((block) => (
        <BlockOf key={block} block={block} names={names} />
      ))}
    </>
  );
}

function BlockOf({ block, names }: { block: Block; names: readonly string[] }) {
  const { is, of, numbers } = block;
  if (is === "text") return <>{drawn(of[0] ?? [], names)}</>;
  const items = of.map((pieces, n) => <li value={numbers?.[n]}>{drawn(pieces, names)}</li>);
  return is === "ol" ? <ol class="marked">{items}</ol> : <ul class="marked">{items}</ul>;
}

/** Words and what stands out of them, in a line. */
export function Drawn({ pieces }: { pieces: readonly Piece[] }) {
  return <>{drawn(pieces, [])}</>;
}

const TAGS = { b: "strong", i: "em", code: "code" } as const;

function drawn(pieces: readonly Piece[], names: readonly string[]): JSX.Element[] {
  return pieces.map((piece) => {
    if (typeof piece === "string") return <Fragment>{named(piece, names)}</Fragment>;
    const inner = drawn(piece.of, names);
    if (piece.is === "a") {
      return (
        <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
          {inner}
        </a>
      );
    }
    const Tag = TAGS[piece.is];
    return <Tag>{inner}</Tag>;
  });
}

/** The longest name first: "@Ada Moreau" is not "@Ada". */
function named(text: string, names: readonly string[]): (string | JSX.Element)[] {
  const [name, ...others] = [...names].sort((one, other) => other.length - one.length);
  if (name === undefined) return [text];
  return text
    .split(`@${name}`)
    .flatMap((part, n) => [
      ...(n > 0 ? [<strong class="mention">@{name}</strong>] : []),
      ...named(part, others),
    ]);
}
