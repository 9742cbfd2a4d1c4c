import { useLayoutEffect, useRef } from "preact/hooks";
import { useRoom } from "../context";
import { Later } from "../desk/later";
import { say } from "../words";
import { questionOf, SEARCH_ID } from "./open";

export function SearchPane() {
  return (
    <Later id="search" fetch={() => import("./screen")} meanwhile={<EarlyField />}>
      {({ SearchScreen }) => <SearchScreen />}
    </Later>
  );
}

/** Takes what is typed until the screen is here: else each letter would be a key of the desk's. */
function EarlyField() {
  const question = questionOf(useRoom().desk);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <input
      ref={field}
      id={SEARCH_ID}
      type="search"
      dir="auto"
      autoComplete="off"
      maxLength={10_000}
      aria-label={say("search.link")}
      value={question.value}
      onInput={(event) => {
        question.value = event.currentTarget.value;
      }}
    />
  );
}
