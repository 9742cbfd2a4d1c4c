/** What a page of one store works in: fetched when it is shown, and stopped when it is left. */

import { useEffect, useState } from "preact/hooks";
import { useRoom } from "../context";

interface Opened<R> {
  /** Empty while the house has no store. */
  readonly storeId: string;
  /** Null until it is here. */
  readonly opened: R | null;
  /** Why it is not, in words. */
  readonly notice: string;
}

/** `wanted` may be empty: the first store, then. `open` and `words` must stay the same. */
export function useOpened<R extends { stop(): void }>(
  wanted: string,
  open: (desk: ReturnType<typeof useRoom>["desk"], storeId: string) => Promise<R>,
  words: (error: unknown) => string,
): Opened<R> {
  const { desk } = useRoom();
  const storeId = wanted || Object.keys(desk.stores.value)[0] || "";
  const [opened, setOpened] = useState<R | null>(null);
  const [notice, setNotice] = useState("");
  useEffect(() => {
    let mine: R | null = null;
    let current = true;
    setOpened(null);
    setNotice("");
    if (!storeId) return;
    open(desk, storeId).then(
      (room) => {
        mine = room;
        if (current) setOpened(room);
        else room.stop();
      },
      (error: unknown) => current && setNotice(words(error)),
    );
    return () => {
      current = false;
      mine?.stop();
    };
  }, [storeId, desk, open, words]);
  return { storeId, opened, notice };
}
