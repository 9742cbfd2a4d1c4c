/** What the domain that a mail names as its sender's says to that. Only staff are told. */

import type { Entry } from "../../../widget/link/protocol.gen";
import { Icon } from "../icons";
import { say } from "../words";

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
