/** A gap of a canned reply was never filled: one is asked before it is sent so. */

import { Dialog } from "../dialog";
import { say } from "./words";

interface GapProps {
  name: string;
  onFill(): void;
  onSend(): void;
}

export function GapDialog({ name, onFill, onSend }: GapProps) {
  return (
    <Dialog title={say("gap.title")} onClose={onFill}>
      <p class="gap-words">{say("gap.words", { name })}</p>
      <p class="dialog-acts">
        <button type="button" class="button" onClick={onSend}>
          {say("gap.send")}
        </button>
        <button type="button" class="primary" autofocus onClick={onFill}>
          {say("gap.fill")}
        </button>
      </p>
    </Dialog>
  );
}
