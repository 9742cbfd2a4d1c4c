import { bodyFor } from "./fill";
import type { CannedFact } from "./shelf";
import { say } from "./words";

interface RowProps {
  fact: CannedFact;
  /** The store's. */
  language: string;
  mayChange: boolean;
  onEdit(): void;
  onDelete(): void;
}

export function CannedRow({ fact, language, mayChange, onEdit, onDelete }: RowProps) {
  const { shortcut, name, bodies, own, resolves } = fact;
  const n = Object.keys(bodies).length;
  const marks = [own && say("own"), resolves && say("resolves"), n > 1 && say("languages", { n })];
  return (
    <li class="canned-row">
      <div class="canned-said">
        <p class="canned-name">
          <code>/{shortcut}</code> <strong dir="auto">{name}</strong>{" "}
          <span class="muted small">{marks.filter(Boolean).join(" · ")}</span>
        </p>
        <p class="canned-body" dir="auto">
          {bodyFor(bodies, language)}
        </p>
      </div>
      {mayChange && (
        <p class="canned-acts">
          <button
            type="button"
            class="button"
            aria-label={say("edit.of", { shortcut })}
            onClick={onEdit}
          >
            {say("edit")}
          </button>
          <button
            type="button"
            class="plain"
            aria-label={say("delete.of", { shortcut })}
            onClick={onDelete}
          >
            {say("delete")}
          </button>
        </p>
      )}
    </li>
  );
}
