/** What last month would have been: the policy in force beside the one on the page. */

import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { date, now } from "../time";
import { money } from "./cells";
import { usePolicy } from "./context";
import { toDocument } from "./document";
import { format } from "./duration";
import type { Outcome, WhatIf } from "./requests";
import { words } from "./room";
import { capital, say, sayMany, word } from "./words";

const DAYS = 30;
const SECOND_MS = 1_000;

export function WhatIfDialog({ onClose }: { onClose(): void }) {
  const { room } = usePolicy();
  const [found, setFound] = useState<WhatIf | null>(null);
  const [notice, setNotice] = useState("");
  useEffect(() => {
    let current = true;
    room.requests.whatIf(toDocument(room.shown.value), DAYS).then(
      (answer) => current && setFound(answer),
      (error: unknown) => current && setNotice(words(error)),
    );
    return () => {
      current = false;
    };
  }, [room]);
  return (
    <Dialog title={say("whatif.title")} wide onClose={onClose}>
      {notice && (
        <p class="notice" role="alert">
          {notice}
        </p>
      )}
      {!found && !notice && (
        <p class="muted" role="status">
          {say("whatif.busy")}
        </p>
      )}
      {found && <Found found={found} />}
    </Dialog>
  );
}

function Found({ found }: { found: WhatIf }) {
  const { room } = usePolicy();
  const { conversations, since, left_out } = found;
  if (conversations === 0) return <p>{say("whatif.none")}</p>;
  return (
    <>
      <p>{sayMany("whatif.of", conversations, { since: date(since, now.value) })}</p>
      {left_out > 0 && <p class="muted">{sayMany("whatif.leftOut", left_out)}</p>}
      <table class="what-if">
        <thead>
          <tr>
            <td />
            <th scope="col">{say("whatif.now")}</th>
            <th scope="col">{say("whatif.proposed")}</th>
          </tr>
        </thead>
        <tbody>
          {lines(found).map(({ what, now: current, proposed, below }, index) => (
            <tr key={`${index} ${what}`} class={below ? "below" : ""}>
              <th scope="row">{what}</th>
              <td>{current}</td>
              <td class={current === proposed ? "" : "differs"}>{proposed}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!room.dirty.value && !room.looking.value && <p class="notice">{say("whatif.unchanged")}</p>}
      {found.examples.length > 0 && (
        <details class="examples">
          <summary>{say("whatif.examples")}</summary>
          <ul class="changes">
            {found.examples.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </details>
      )}
      <p class="muted small">{say("whatif.how")}</p>
    </>
  );
}

interface Line {
  readonly what: string;
  readonly now: string;
  readonly proposed: string;
  /** A part of the line above it. */
  readonly below?: boolean;
}

/** Exported for the tests: the table's words from the gateway's numbers. */
export function lines({ policies: { current, proposed } }: WhatIf): Line[] {
  const both = (what: string, tell: (outcome: Outcome) => string, below = false): Line => ({
    what,
    now: tell(current),
    proposed: tell(proposed),
    below,
  });
  const byChannel = (stem: "interruptions" | "notices") => {
    const names = new Set([...Object.keys(current[stem]), ...Object.keys(proposed[stem])]);
    if (names.size < 2) return [];
    return [...names].map((name) =>
      both(capital(word("channel", name)), (each) => String(each[stem][name] ?? 0), true),
    );
  };
  return [
    both(say("whatif.interruptions"), ({ interruptions }) => total(interruptions)),
    ...byChannel("interruptions"),
    both(say("whatif.notices"), ({ notices }) => total(notices)),
    ...byChannel("notices"),
    both(say("whatif.cost"), ({ cost, currency }) => money(cost, currency)),
    both(say("whatif.segments"), ({ segments }) => String(segments), true),
    both(say("whatif.half"), ({ reached_p50_ms: ms }) => span(ms)),
    both(say("whatif.most"), ({ reached_p90_ms: ms }) => span(ms)),
    both(say("whatif.never"), ({ never_reached: n }) => String(n)),
  ];
}

function total(counts: Readonly<Record<string, number>>): string {
  return String(Object.values(counts).reduce((sum, each) => sum + each, 0));
}

function span(ms: number | null): string {
  return ms === null ? "–" : format(Math.round(ms / SECOND_MS));
}
