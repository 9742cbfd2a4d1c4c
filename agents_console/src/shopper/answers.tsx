/** What the shopper answered to the store's questions. */

import type { AnsweredFact } from "../../../widget/link/protocol.gen";
import { full } from "../time";
import { say } from "../words";

export function Answers({ answers }: { answers: readonly AnsweredFact[] }) {
  if (answers.length === 0) return null;
  return (
    <section>
      <h3>{say("shopper.answers")}</h3>
      <dl class="traits answers">
        {answers.map(({ asked, value, at }) => (
          <div key={asked} title={full(at)}>
            <dt>
              <bdi>{asked}</bdi>
            </dt>
            <dd class={value === null ? "muted" : undefined}>
              <bdi>{value ?? say("shopper.answers.none")}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
