import { pieces } from "./links";
import { Marked } from "./marked";

interface BubbleProps {
  text: string;
  /** By an agent, who may have made words stand out. */
  marked?: boolean;
  /** Those whom a note names. */
  names?: readonly string[];
}

/** Words as written. Of a shopper's only addresses of the web become anything: links. */
export function Bubble({ text, marked = false, names }: BubbleProps) {
  if (!text) return null;
  return (
    <div class="bubble" dir="auto">
      {marked ? (
        <Marked text={text} names={names ?? []} />
      ) : (
        pieces(text).map((piece) =>
          piece.href ? (
            <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
              {piece.text}
            </a>
          ) : (
            piece.text
          ),
        )
      )}
    </div>
  );
}

/** Whom the data of a note names. */
export function namesIn(data: Readonly<Record<string, unknown>>): readonly string[] {
  const { mentions } = data;
  if (!Array.isArray(mentions)) return [];
  return mentions.flatMap((each) => (typeof each?.name === "string" && each.name ? each.name : []));
}
