import { useEffect, useState } from "preact/hooks";
import { unread } from "../link/shopper";
import { Composer } from "./Composer";
import { ConnectionLine } from "./ConnectionLine";
import { Conversation } from "./Conversation";
import { useHouse, useRoom } from "./context";
import { Header } from "./Header";
import { filing, reaching } from "./parts";
import type { Room } from "./room";
import { picked } from "./uploads";

export function App() {
  const { room, name, alone } = useHouse();
  const { view, sheet } = useRoom();
  const over = useDropped(room);
  const drop = filing.use(over);
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
      {drop && <drop.DropHere />}
    </div>
  );
}

/** Files dropped anywhere on the panel go with the next message; true while some hang over it. */
function useDropped(room: Room): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const moved = (event: DragEvent) => {
      const { dataTransfer, relatedTarget, type } = event;
      if (!dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      // Only what leaves the window has nowhere else to go to.
      setOver(type === "dragover" || (type === "dragleave" && relatedTarget !== null));
      if (type !== "drop") return;
      room.showReach(false);
      room.carry([...room.state.uploads, ...picked(dataTransfer.files)]);
    };
    const names = ["dragover", "dragleave", "drop"] as const;
    for (const name of names) addEventListener(name, moved);
    return () => {
      for (const name of names) removeEventListener(name, moved);
    };
  }, [room]);
  return over;
}
