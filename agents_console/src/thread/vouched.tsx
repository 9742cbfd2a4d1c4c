/** What the domain that a mail names as its sender's says to that. Only staff are told. */

import type { Entry } from "../../../widget/link/protocol.gen";
import { Icon } from "../icons";
import { say, sayMany } from "../words";

/** Of those whom a mail names, so many are told in full. */
const MOST_NAMED = 3;

export function Vouched({ entry }: { entry: Entry }) {
  const found = vouchedOf(entry);
  if (!found || found.verdict === "none") return null;
  if (found.verdict !== "fail") return <p class="mark-below vouched">{found.words}</p>;
  return (
    <p class="mark-below vouched not-vouched">
      <Icon name="warn" size={14} />
      <strong>{say("thread.not_vouched")}</strong> {found.words}
    </p>
  );
}

/** Whom a mail went to beside the store: they may read along, and an answer does not go to them. */
export function AlsoTo({ entry }: { entry: Entry }) {
  const { also_to: also } = entry.data as { also_to?: unknown };
  const named = Array.isArray(also) ? also.filter((each) => typeof each === "string") : [];
  if (named.length === 0) return null;
  const rest = named.length - MOST_NAMED;
  return (
    <p class="mark-below vouched" title={named.join(", ")}>
      <Icon name="email" size={14} /> {say("thread.also_to")}{" "}
      {named.slice(0, MOST_NAMED).map((each, n) => (
        <>
          {n > 0 && ", "}
          <bdi>{each}</bdi>
        </>
      ))}
      {rest > 0 && ` ${sayMany("thread.also_to.more", rest)}`}. {say("thread.also_to.not")}
    </p>
  );
}

interface Found {
  readonly verdict: string;
  readonly words: string;
}

/** Null for what did not come by mail, and for mail that nobody was asked about. */
export function vouchedOf({ data }: Entry): Found | null {
  const { vouched } = data as { vouched?: Partial<Found> };
  if (typeof vouched?.verdict !== "string" || typeof vouched.words !== "string") return null;
  return { verdict: vouched.verdict, words: vouched.words };
}
