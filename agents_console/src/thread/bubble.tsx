import { pieces } from "./links";

/** Words as written; addresses of the web become links, nothing else becomes anything. */
export function Bubble({ text }: { text: string }) {
  if (!text) return null;
  return (
    <div class="bubble" dir="auto">
      {pieces(text).map((piece) =>
        piece.href ? (
          <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </div>
  );
}
