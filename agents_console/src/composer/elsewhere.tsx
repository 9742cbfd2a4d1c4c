/** Another device of the same agent had other words here: which ones stand, and how to have the others. */

import { useRoom } from "../context";
import { say } from "./words";

export function ElsewhereLine({ conversationId, note }: { conversationId: string; note: boolean }) {
  const { draftSync } = useRoom();
  const found = draftSync.elsewhere.value.get(conversationId);
  if (!found || (found.kind === "note") !== note) return null;
  return (
    <p class="elsewhere" role="status">
      <span>{say(found.kept ? "draft.kept" : "draft.taken")}</span>{" "}
      <button type="button" class="plain small" onClick={() => draftSync.swap(conversationId)}>
        {say(found.kept ? "draft.kept.use" : "draft.taken.back")}
      </button>
      <button type="button" class="plain small" onClick={() => draftSync.dismiss(conversationId)}>
        {say("draft.dismiss")}
      </button>
    </p>
  );
}
