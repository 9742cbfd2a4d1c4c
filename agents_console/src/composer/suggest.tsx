/** The list over the field from which the keyboard chooses while it stays in the field. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { toHash } from "../place";
import type { Suggestion } from "./sources";
import type { Trigger } from "./trigger";
import { say } from "./words";

export const LIST_ID = "composer-suggestions";

export function optionId(at: number): string {
  return `${LIST_ID}-${at}`;
}

interface SuggestProps {
  asked: Trigger;
  found: readonly Suggestion[];
  at: number;
  storeId: string;
  /** Nothing is there to choose from, whatever is typed. */
  empty: boolean;
  onPick(suggestion: Suggestion): void;
}

const LABELS = {
  "/": "suggest.canned",
  "@": "suggest.colleagues",
  ":": "suggest.emoji",
} as const;

export function Suggest({ asked, found, at, storeId, empty, onPick }: SuggestProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    box.current?.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  }, [at]);
  const label = say(LABELS[asked.sign]);
  const chosen = found[at];
  if (found.length === 0 && asked.sign !== "/") return null;
  return (
    <div class="suggest" ref={box}>
      {found.length > 0 && (
        <div id={LIST_ID} class="suggest-list" role="listbox" aria-label={label}>
          {found.map((each, n) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keyboard
            <div
              key={each.key}
              id={optionId(n)}
              role="option"
              tabIndex={-1}
              aria-selected={n === at}
              class="suggest-item"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onPick(each)}
            >
              <span class="suggest-head">
                <bdi>{each.head}</bdi>
              </span>
              <span class="suggest-words">{each.words}</span>
              {each.mark && <span class="suggest-mark">{each.mark}</span>}
            </div>
          ))}
        </div>
      )}
      {found.length === 0 && (
        <p class="suggest-none" role="status">
          {empty ? say("suggest.canned.empty") : say("suggest.canned.none", { query: asked.query })}
        </p>
      )}
      {chosen?.preview && (
        <p class="suggest-preview" dir="auto">
          {chosen.preview}
        </p>
      )}
      <p class="suggest-foot">
        <span>{found.length > 0 && say("suggest.keys")}</span>
        {asked.sign === "/" && (
          <a href={toHash({ view: "open", open: null, canned: storeId })}>
            {say("suggest.canned.manage")}
          </a>
        )}
      </p>
    </div>
  );
}
