/** What is being done about the shopper of the open conversation, wherever it was asked for. */

import { useLayoutEffect } from "preact/hooks";
import { useRoom } from "../context";
import { BlockDialog, Unblock } from "./block-dialog";
import { MergeDialog } from "./merge-dialog";
import { PartDialog } from "./part-dialog";
import { shopperRequests } from "./requests";

export function ShopperDialogs() {
  const { desk } = useRoom();
  const thread = desk.thread.value;
  const deciding = desk.deciding.value;
  const shopper = thread?.shopper;
  const close = () => {
    desk.deciding.value = null;
  };
  // In another conversation it would be about somebody else.
  useLayoutEffect(() => close, [thread?.conversationId]);
  if (deciding?.what === "part") {
    const requests = shopperRequests(desk.api.ask, deciding.storeId);
    return <PartDialog mergeId={deciding.mergeId} requests={requests} onClose={close} />;
  }
  if (!deciding || !thread || !shopper) return null;
  const requests = shopperRequests(desk.api.ask, thread.storeId);
  switch (deciding.what) {
    case "merge": {
      const chosen = deciding.with ?? null;
      return <MergeDialog shopper={shopper} chosen={chosen} requests={requests} onClose={close} />;
    }
    case "block":
      return <BlockDialog shopper={shopper} requests={requests} onClose={close} />;
    case "unblock":
      return <Unblock shopper={shopper} requests={requests} onClose={close} />;
  }
}
