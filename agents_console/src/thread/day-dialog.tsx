/** To what was written on a day, or on the next one that has anything. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { ApiError } from "../api";
import { useRoom } from "../context";
import { plainly } from "../desk/plainly";
import { Dialog } from "../dialog";
import { dayOf, fieldDay, longDay, present } from "../time";
import { say } from "../words";
import { jumpTo } from "./jump";
import type { Thread } from "./thread";

/** Where the gateway says that a day is; `over`: nothing was written on it or since. */
export interface DayFound {
  readonly seq: number | null;
  readonly at: number | null;
  readonly over: boolean;
}

export function DayDialog({ thread, onClose }: { thread: Thread; onClose(): void }) {
  const { desk } = useRoom();
  const [opened] = useState(present);
  const [value, setValue] = useState("");
  const [wrong, setWrong] = useState("");
  const [asking, setAsking] = useState(false);
  const [field, trouble] = [useId(), useId()];
  const gone = useRef(false);
  useEffect(
    () => () => {
      gone.current = true;
    },
    [],
  );

  async function take(): Promise<void> {
    const begins = dayOf(value);
    if (begins === null) {
      setWrong(say("day.empty"));
      return;
    }
    setAsking(true);
    try {
      const found = await desk.api.ask<DayFound>("GET", dayAt(thread, begins));
      // Whoever shut it goes nowhere, least of all in another conversation.
      if (gone.current) return;
      if (found.seq === null) {
        setWrong(say("day.nothing"));
        return;
      }
      onClose();
      const { seq } = found;
      // Only once a dialog is gone may anything behind it have the focus.
      setTimeout(() => jumpTo(desk, seq));
      const words = told(begins, found);
      if (words) desk.toast.value = { words, undo: null };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(error.status === 0 ? say("error.unreachable") : plainly(error));
    } finally {
      setAsking(false);
    }
  }

  return (
    <Dialog title={say("day.title")} onClose={onClose}>
      <form
        class="field"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!asking) void take();
        }}
      >
        <label for={field}>{say("day.field")}</label>
        <span class="field-row">
          <input
            id={field}
            type="date"
            autofocus
            value={value}
            max={fieldDay(opened)}
            aria-describedby={trouble}
            aria-invalid={wrong !== ""}
            onInput={(event) => {
              setValue(event.currentTarget.value);
              setWrong("");
            }}
          />
          <button type="submit" class="primary" aria-disabled={asking}>
            {say("day.take")}
          </button>
        </span>
      </form>
      <p id={trouble} class="field-wrong" role="alert">
        {wrong}
      </p>
    </Dialog>
  );
}

export function dayAt({ storeId, conversationId }: Thread, begins: number): string {
  const [store, conversation] = [storeId, conversationId].map(encodeURIComponent);
  return `/api/stores/${store}/conversations/${conversation}/day?begins=${begins}`;
}

/** What is to be said of where one was taken; empty when it is the day that was asked for. */
export function told(begins: number, { at, over }: DayFound): string {
  if (at === null) return "";
  const [day, found] = [longDay(begins), longDay(at)];
  return day === found ? "" : say(over ? "day.over" : "day.next", { day, found });
}
