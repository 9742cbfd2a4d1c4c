import { useEffect, useState } from "preact/hooks";
import { unread } from "../link/shopper";
import { Composer } from "./Composer";
import { ConnectionLine } from "./ConnectionLine";
import { Conversation } from "./Conversation";
import { useHouse, useRoom } from "./context";
import { Header } from "./Header";
import { reaching } from "./parts";
import type { Room } from "./room";
import { picked } from "./uploads";

export function App() {
  const { room, tongue, name, alone } = useHouse();
  const { view, sheet } = useRoom();
  const over = useDropped(room);
  const waiting = unread(view);
  const reach = reaching.use(sheet);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing) return;
      if (room.state.sheet) room.showReach(false);
      else room.close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [room]);

  // In a shop its page has a title of its own, and the loader tells it.
  useEffect(() => {
    if (alone) document.title = waiting > 0 ? `(${waiting}) ${name}` : name;
  }, [alone, waiting, name]);

  return (
    <div class="panel">
      <Header />
      {reach ? (
        <reach.ReachSheet />
      ) : (
        <>
          <Conversation />
          <ConnectionLine />
          <Composer />
        </>
      )}
      {over && <p class="drop">{tongue.words.dropHere}</p>}
    </div>
  );
}

/** Files dropped anywhere on the panel go with the next message; true while some hang over it. */
function useDropped(room: Room): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hangs = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    // Only what leaves the window has nowhere else to go to.
    const leaves = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const falls = (event: DragEvent) => {
      const files = event.dataTransfer?.files;
      if (!files?.length) return;
      event.preventDefault();
      setOver(false);
      room.showReach(false);
      room.carry([...room.state.uploads, ...picked(files)]);
    };
    addEventListener("dragover", hangs);
    addEventListener("dragleave", leaves);
    addEventListener("drop", falls);
    return () => {
      removeEventListener("dragover", hangs);
      removeEventListener("dragleave", leaves);
      removeEventListener("drop", falls);
    };
  }, [room]);
  return over;
}
