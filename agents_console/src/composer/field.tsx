/** The field to write in, with what it offers for the letters before the caret. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { gaps } from "../canned/fill";
import { COMPOSER_ID } from "../desk/keys";
import { sends, sendsOnce } from "../keyboard";
import type { Thread } from "../thread/thread";
import type { SendMode } from "./send-mode";
import type { Suggestion } from "./sources";
import { LIST_ID, optionId, Suggest } from "./suggest";
import { useSuggesting } from "./suggesting";
import { replaced } from "./trigger";

/** Characters that one message may have; the gateway refuses more. */
export const MOST = 10_000;
const TALLEST_PX = 240;

interface FieldProps {
  thread: Thread;
  text: string;
  note: boolean;
  label: string;
  onWrite(text: string): void;
  /** Words were taken that end the conversation when they are sent. */
  onResolving(): void;
  /** `once`: another way than is usual, by its key; null: as usual. */
  onSend(once: SendMode | null): void;
  /** True when the files were taken. */
  onFiles(files: FileList | undefined): boolean;
  onLeave(): void;
}

export function Field(props: FieldProps) {
  const { thread, text, note, label } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const suggesting = useSuggesting(thread, note);
  /** What is to be selected once the words are in the field. */
  const select = useRef<{ from: number; to: number } | null>(null);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    grow(element);
    if (select.current) element.setSelectionRange(select.current.from, select.current.to);
    select.current = null;
  }, [text]);
  // At once: a sign that is typed right after it is asked for in the new kind.
  useLayoutEffect(() => suggesting.close(), [note]);

  function pick(chosen: Suggestion): void {
    if (!suggesting.asked) return;
    const { text: next, caret } = replaced(text, suggesting.asked, chosen.put);
    const start = caret - chosen.put.length;
    select.current = gaps(next).find(({ from }) => from >= start) ?? { from: caret, to: caret };
    suggesting.close();
    props.onWrite(next.slice(0, MOST));
    if (chosen.resolves) props.onResolving();
    area.current?.focus();
  }

  const look = () => {
    const element = area.current;
    if (element && element.selectionStart === element.selectionEnd) {
      suggesting.look(element.value, element.selectionStart);
    } else suggesting.close();
  };
  const open = suggesting.asked !== null;
  const listed = open && suggesting.found.length > 0;
  return (
    <>
      {suggesting.asked && (
        <Suggest
          asked={suggesting.asked}
          found={suggesting.found}
          at={suggesting.at}
          empty={suggesting.empty}
          storeId={thread.storeId}
          onPick={pick}
        />
      )}
      <textarea
        id={COMPOSER_ID}
        ref={area}
        rows={1}
        dir="auto"
        maxLength={MOST}
        aria-label={label}
        aria-autocomplete="list"
        aria-controls={listed ? LIST_ID : undefined}
        aria-activedescendant={listed ? optionId(suggesting.at) : undefined}
        placeholder={label}
        value={text}
        onInput={(event) => {
          props.onWrite(event.currentTarget.value);
          look();
        }}
        onKeyUp={(event) => {
          if (event.key.startsWith("Arrow") && !listed) look();
        }}
        onClick={look}
        onBlur={() => {
          suggesting.close();
          props.onLeave();
        }}
        onPaste={(event) => {
          if (props.onFiles(event.clipboardData?.files)) event.preventDefault();
        }}
        onKeyDown={(event) => {
          if (!event.isComposing && suggesting.press(event, pick)) {
            event.preventDefault();
            event.stopPropagation();
            return;
          }
          const once = sendsOnce(event);
          if (!once && !sends(event)) return;
          event.preventDefault();
          suggesting.close();
          props.onSend(once);
        }}
      />
    </>
  );
}

function grow(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  // Asking for its height lays the whole page out, and without words it is one line high by itself.
  if (area.value) area.style.height = `${Math.min(area.scrollHeight, TALLEST_PX)}px`;
}
