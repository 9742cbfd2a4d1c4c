/** Take a merge back, having seen what goes back to whom and what stays. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { useOnce } from "../once";
import { type Parting, refused, type ShopperRequests } from "./requests";
import { say } from "./words";

interface Props {
  mergeId: string;
  requests: ShopperRequests;
  onClose(): void;
}

export function PartDialog({ mergeId, requests, onClose }: Props) {
  const { desk } = useRoom();
  const [parting, setParting] = useState<Parting | null>(null);
  const [wrong, setWrong] = useState("");
  const [busy, once] = useOnce();
  // Once for each merge: the requests are made anew whenever this is drawn.
  useEffect(() => {
    requests.parting(mergeId).then(setParting, (error) => setWrong(refused(error)));
  }, [mergeId]);
  const part = async () => {
    try {
      await requests.part(mergeId);
      onClose();
      desk.toast.value = { words: say("part.done"), undo: null };
    } catch (error) {
      setWrong(refused(error));
    }
  };
  const agree = useRef<HTMLButtonElement>(null);
  useEffect(() => agree.current?.focus({ preventScroll: true }), [parting]);
  const name = parting?.name ?? "";
  return (
    <Dialog title={say("part.title", { name })} onClose={onClose}>
      <div class="decide">
        {!parting && !wrong && <p class="muted">{say("merge.looking")}</p>}
        {parting && (
          <>
            <h3>{say("part.gets", { name })}</h3>
            <ul>
              {givenBack(parting).map((each) => (
                <li key={each}>
                  <bdi>{each}</bdi>
                </li>
              ))}
            </ul>
            <h3>{say("part.keeps", { elder: parting.elder })}</h3>
            <ul>
              <li>{say("part.later")}</li>
            </ul>
            <p class="muted">{say("part.seen")}</p>
            {parting.blocked && <p>{say("part.blocked", { name })}</p>}
            {parting.first && <p class="wrong">{say("part.first")}</p>}
          </>
        )}
        {wrong && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
        <p class="dialog-acts">
          <button type="button" class="button" onClick={onClose}>
            {say("merge.cancel")}
          </button>
          <button
            type="button"
            class="primary"
            ref={agree}
            disabled={!parting || parting.first}
            aria-disabled={busy}
            onClick={() => void once(part)}
          >
            {say("part.do")}
          </button>
        </p>
      </div>
    </Dialog>
  );
}

/** What the younger has again, line by line. */
export function givenBack(parting: Parting): string[] {
  const { conversations, reopens, addresses, both, learned } = parting;
  const found = [
    ...conversations
      .filter((number) => number !== reopens)
      .map((number) => say("part.conversation", { number })),
    ...(reopens === null ? [] : [say("part.reopens", { number: reopens })]),
    ...addresses,
    ...(both.length === 0 ? [] : [say("part.both", { values: both.join(", ") })]),
    ...learned.map((each) => say(`part.learned.${each}`)),
  ];
  return found.length > 0 ? found : [say("part.nothing")];
}
