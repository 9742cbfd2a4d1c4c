import { useEffect } from "preact/hooks";
import { Composer } from "./Composer";
import { ConnectionLine } from "./ConnectionLine";
import { Conversation } from "./Conversation";
import { useHouse, useRoom } from "./context";
import { Header } from "./Header";
import { ReachSheet } from "./ReachSheet";

export function App() {
  const { room } = useHouse();
  const { sheet } = useRoom();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing) return;
      if (room.state.sheet) room.showReach(false);
      else room.close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [room]);

  return (
    <div class="panel">
      <Header />
      {sheet ? (
        <ReachSheet />
      ) : (
        <>
          <Conversation />
          <ConnectionLine />
          <Composer />
        </>
      )}
    </div>
  );
}
