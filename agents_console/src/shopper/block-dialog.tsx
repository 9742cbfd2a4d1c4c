/** Block a shopper, with a reason; unblocking asks nothing, and can be undone by blocking. */

import { useEffect, useState } from "preact/hooks";
import type { ShopperFact } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { useOnce } from "../once";
import { say as sayDesk } from "../words";
import { refused, type ShopperRequests } from "./requests";
import { say } from "./words";

const REASONS = ["spam", "abuse", "other"] as const;
const MOST = 200; /* characters, as the gateway bounds them */

interface Props {
  shopper: ShopperFact;
  requests: ShopperRequests;
  onClose(): void;
}

export function BlockDialog({ shopper, requests, onClose }: Props) {
  const { desk } = useRoom();
  const [reason, setReason] = useState<(typeof REASONS)[number]>("spam");
  const [words, setWords] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, once] = useOnce();
  const name = shopper.name || sayDesk("shopper.unnamed");
  const because = reason === "other" ? words.trim() : say(`block.${reason}`);

  const block = async () => {
    if (!because) return;
    try {
      await requests.block(shopper.shopper_id, because);
      onClose();
      const undo = () => void lift(requests, shopper, (each) => toast(each));
      desk.toast.value = { words: say("block.done", { name }), undo };
    } catch (error) {
      setWrong(refused(error));
    }
  };
  const toast = (each: string) => {
    desk.toast.value = { words: each, undo: null };
  };
  return (
    <Dialog title={say("block.title", { name })} onClose={onClose}>
      <form
        class="decide"
        onSubmit={(event) => {
          event.preventDefault();
          void once(block);
        }}
      >
        <p>{say("block.what")}</p>
        <p>{say("block.also")}</p>
        <fieldset>
          <legend>{say("block.why")}</legend>
          {REASONS.map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="because"
                autofocus={each === "spam"}
                checked={reason === each}
                onChange={() => setReason(each)}
              />{" "}
              {say(`block.${each}`)}
            </label>
          ))}
        </fieldset>
        {reason === "other" && (
          <label class="decide-words">
            {say("block.words")}
            <input
              type="text"
              required
              maxLength={MOST}
              value={words}
              onInput={(event) => setWords(event.currentTarget.value)}
            />
          </label>
        )}
        <p class="muted">{say("block.where")}</p>
        {wrong && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
        <p class="dialog-acts">
          <button type="button" class="button" onClick={onClose}>
            {say("merge.cancel")}
          </button>
          <button type="submit" class="primary" disabled={!because} aria-disabled={busy}>
            {say("block.do")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

/** Nothing is lost by it, so it is done at once. */
export function Unblock({ shopper, requests, onClose }: Props) {
  const { desk } = useRoom();
  useEffect(() => {
    onClose();
    void lift(requests, shopper, (words) => {
      desk.toast.value = { words, undo: null };
    });
  });
  return null;
}

async function lift(
  requests: ShopperRequests,
  shopper: ShopperFact,
  tell: (words: string) => void,
): Promise<void> {
  try {
    await requests.unblock(shopper.shopper_id);
    tell(say("unblock.done", { name: shopper.name || sayDesk("shopper.unnamed") }));
  } catch (error) {
    tell(refused(error));
  }
}
