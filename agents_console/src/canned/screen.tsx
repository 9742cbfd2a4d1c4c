/** A store's canned replies and one's own: finding, writing, changing and deleting them. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../api";
import { useRoom } from "../context";
import { plainly } from "../desk/plainly";
import { Stores } from "../page/stores";
import { CannedEditor } from "./editor";
import { CannedRow } from "./row";
import type { CannedFact, CannedWords } from "./shelf";
import { say } from "./words";
import "../styles/page.css";
import "../styles/canned.css";

export function CannedScreen({ storeId: wanted }: { storeId: string }) {
  const { desk, canned } = useRoom();
  const storeId = wanted || Object.keys(desk.stores.value)[0] || "";
  const book = canned.books.value.get(storeId);
  const notice = useSignal("");
  const query = useSignal("");
  const editing = useSignal<CannedFact | "new" | null>(null);
  const look = () => {
    notice.value = "";
    if (!storeId) return;
    canned.look(storeId).catch((error: unknown) => {
      notice.value = wrong(error);
    });
  };
  useEffect(look, [storeId]);

  /** Null when it is kept, else what is wrong. */
  async function keep(words: CannedWords): Promise<ApiError | null> {
    const before = editing.value;
    try {
      if (before === "new" || before === null) await canned.add(storeId, words);
      else await canned.change(storeId, before, words);
      // Somebody may have left it meanwhile, and be writing another.
      if (editing.value === before) editing.value = null;
      return null;
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  async function remove(fact: CannedFact): Promise<void> {
    try {
      await canned.remove(storeId, fact);
      const { shortcut, name, bodies, own, resolves } = fact;
      const undo = () => {
        canned.add(storeId, { shortcut, name, bodies, own, resolves }).catch((error: unknown) => {
          desk.toast.value = { words: wrong(error), undo: null };
        });
      };
      desk.toast.value = { words: say("deleted", { shortcut }), undo };
    } catch (error) {
      desk.toast.value = { words: wrong(error), undo: null };
    }
  }

  const found = book?.canned.filter((fact) => has(fact, query.value.trim().toLowerCase())) ?? [];
  return (
    <main id="canned" class="page canned" aria-labelledby="canned-title" tabIndex={-1}>
      <header class="page-head">
        <h1 id="canned-title">{say("title")}</h1>
        <Stores
          chosen={storeId}
          label={say("store")}
          place={(canned) => ({ view: "open", open: null, canned })}
        />
        <p class="muted">{say("says")}</p>
      </header>
      {notice.value && (
        <p role="alert">
          {notice.value}{" "}
          <button type="button" class="button" onClick={look}>
            {say("again")}
          </button>
        </p>
      )}
      {!book && !notice.value && (
        <p class="muted" role="status">
          {say("loading")}
        </p>
      )}
      {book && (
        <>
          <div class="canned-tools">
            <input
              type="search"
              aria-label={say("find")}
              placeholder={say("find")}
              value={query.value}
              onInput={(event) => {
                query.value = event.currentTarget.value;
              }}
            />
            <button
              type="button"
              class="primary"
              onClick={() => {
                editing.value = "new";
              }}
            >
              {say("new")}
            </button>
          </div>
          {book.canned.length === 0 && (
            <div class="canned-none" role="status">
              <p>{say("none")}</p>
              <p class="muted">{say("none.more")}</p>
            </div>
          )}
          {book.canned.length > 0 && found.length === 0 && (
            <p role="status">{say("none.found", { query: query.value })}</p>
          )}
          {found.length > 0 && (
            // biome-ignore lint/a11y/noRedundantRoles: WebKit drops the role of an unmarked list
            <ul class="canned-list" role="list" aria-label={say("list")}>
              {found.map((fact) => (
                <CannedRow
                  key={fact.canned_id}
                  fact={fact}
                  language={book.language}
                  mayChange={fact.own || book.may_change}
                  onEdit={() => {
                    editing.value = fact;
                  }}
                  onDelete={() => void remove(fact)}
                />
              ))}
            </ul>
          )}
          {!book.may_change && <p class="muted small">{say("store-only")}</p>}
          {editing.value && (
            <CannedEditor
              key={editing.value === "new" ? "new" : editing.value.canned_id}
              fact={editing.value === "new" ? null : editing.value}
              book={book}
              onKeep={keep}
              onClose={() => {
                editing.value = null;
              }}
            />
          )}
        </>
      )}
    </main>
  );
}

function has({ shortcut, name, bodies }: CannedFact, query: string): boolean {
  return [shortcut, name, ...Object.values(bodies)].some((each) =>
    each.toLowerCase().includes(query),
  );
}

function wrong(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  return plainly(error);
}
