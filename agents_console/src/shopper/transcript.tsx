/** Have the whole conversation sent to the shopper by mail, to an address that is proven. */

import type { ShopperFact } from "../../../widget/link/protocol.gen";
import { ApiError } from "../api";
import { useRoom } from "../context";
import { Icon } from "../icons";
import { useOnce } from "../once";
import { say } from "../words";

export function SendTranscript({ shopper }: { shopper: ShopperFact }) {
  const { desk } = useRoom();
  const [busy, once] = useOnce();
  const thread = desk.thread.value;
  const open = shopper.addresses.some(
    (one) => one.channel === "email" && one.proven && one.consented && !one.stopped && !one.failed,
  );
  if (!thread || !open) return null;

  const send = async () => {
    const [store, which] = [thread.storeId, thread.conversationId].map(encodeURIComponent);
    const path = `/api/stores/${store}/conversations/${which}/transcript`;
    let words = "";
    try {
      const { to } = await desk.api.ask<{ to: string }>("POST", path);
      words = say("shopper.transcript.sent", { to });
    } catch (error) {
      words = refused(error);
    }
    desk.toast.value = { words, undo: null };
  };
  return (
    <button
      type="button"
      class="plain small transcript"
      aria-disabled={busy}
      onClick={() => void once(send)}
    >
      <Icon name="email" size={14} /> {say("shopper.transcript")}
    </button>
  );
}

function refused(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 0) return say("error.unreachable");
  if (error.code === "too_many") return say("shopper.transcript.soon");
  if (error.code === "conflict") return say("shopper.transcript.nowhere");
  return say("shopper.transcript.failed");
}
