import { useRoom } from "../context";
import type { View } from "../place";
import { say } from "../words";
import { bare } from "./book";
import { isNarrow, WHOLE } from "./narrow";

/** An empty list says what would fill it. */
export function EmptyList({ view, question }: { view: View; question: string }) {
  const { desk } = useRoom();
  if (question.trim()) {
    return (
      <div class="empty">
        <h2>{say("empty.find.title")}</h2>
        <p>{say("empty.find.words", { question: question.trim() })}</p>
      </div>
    );
  }
  const fresh = view === "open" && bare(desk.book.value);
  if (isNarrow(desk.place.value.narrow ?? WHOLE)) {
    return (
      <div class="empty">
        <h2>{say("empty.narrow.title")}</h2>
        <p>{say("empty.narrow.words")}</p>
      </div>
    );
  }
  return (
    <div class="empty">
      <h2>{say(fresh ? "empty.fresh.title" : `empty.${view}.title`)}</h2>
      <p>{say(fresh ? "empty.fresh.words" : `empty.${view}.words`)}</p>
    </div>
  );
}

/** What stands where a thread would: how to begin, or which keys to press. */
export function NothingOpen() {
  const { desk } = useRoom();
  const fresh = bare(desk.book.value);
  if (!fresh) {
    return (
      <div class="empty centred">
        <h2>{say("empty.none.title")}</h2>
        <p>
          {say("empty.none.move")} <kbd>j</kbd> <kbd>k</kbd> {say("empty.none.then")}{" "}
          <kbd>Enter</kbd>
        </p>
        <p>
          <kbd>?</kbd> {say("empty.none.keys")}
        </p>
      </div>
    );
  }
  return (
    <div class="empty centred">
      <h2>{say("empty.snippet.title")}</h2>
      <p>{say("empty.snippet.words")}</p>
      <pre class="snippet">
        <code>{snippet()}</code>
      </pre>
      <p>{say("empty.snippet.then")}</p>
    </div>
  );
}

function snippet(): string {
  const src = `${location.origin}/widget/loader.js`;
  return `<script async src="${src}"\n        data-key="${say("empty.snippet.key")}"></script>`;
}
