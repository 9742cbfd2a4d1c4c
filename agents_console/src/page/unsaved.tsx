/** Asks whoever leaves with something unsaved, however they leave. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { guard } from "./guard";

interface UnsavedProps {
  room: { readonly dirty: { readonly value: boolean }; discard(): void };
  words: Readonly<Record<"title" | "says" | "stay" | "go", string>>;
}

export function Unsaved({ room, words }: UnsavedProps) {
  const { desk } = useRoom();
  const leaving = useSignal<(() => void) | null>(null);
  useEffect(
    () =>
      guard(
        () => room.dirty.value,
        (go) => {
          leaving.value = go;
        },
      ),
    [room, leaving],
  );
  if (!leaving.value) return null;
  const stay = () => {
    leaving.value = null;
  };
  const go = () => {
    const on = leaving.value;
    stay();
    room.discard();
    // What it could undo is gone with the rest.
    desk.toast.value = null;
    on?.();
  };
  return (
    <Dialog title={words.title} onClose={stay}>
      <p>{words.says}</p>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={go}>
          {words.go}
        </button>
        <button type="button" class="primary" onClick={stay}>
          {words.stay}
        </button>
      </footer>
    </Dialog>
  );
}
