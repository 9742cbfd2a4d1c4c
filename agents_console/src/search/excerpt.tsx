/** A found text with its places marked: text nodes alone, whatever somebody wrote. */

import type { Hit } from "./requests";

export function Excerpt({ text, marks }: Pick<Hit, "text" | "marks">) {
  const parts = [];
  let at = 0;
  for (const [start, end] of marks) {
    if (start < at || end <= start || end > text.length) continue;
    parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  parts.push(text.slice(at));
  return <bdi class="hit-text">{parts}</bdi>;
}
