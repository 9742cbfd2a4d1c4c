/** Sends; beside it, the other ways to send. */

import { useRef, useState } from "preact/hooks";
import { COMPOSER_ID } from "../desk/keys";
import { Icon } from "../icons";
import { say as sayAll } from "../words";
import { giveBack, Menu } from "./menu";
import { remember, sendMode } from "./send-mode";
import { say } from "./words";

interface SendProps {
  note: boolean;
  ready: boolean;
  /** This one ends the conversation. */
  resolving: boolean;
  onLater(): void;
  onMail(): void;
}

export function SendButton({ note, ready, resolving, onLater, onMail }: SendProps) {
  const arrow = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  if (note) {
    return (
      <button type="submit" class="primary" disabled={!ready}>
        {sayAll("composer.send.note")}
      </button>
    );
  }
  const close = () => setOpen(false);
  const then = (what: () => void) => () => {
    close();
    what();
  };
  const pick = (mode: "send" | "resolve") =>
    then(() => {
      remember(mode);
      document.getElementById(COMPOSER_ID)?.focus();
    });
  return (
    <span class="send">
      <button type="submit" class="primary" disabled={!ready}>
        {resolving ? say("send.resolve.short") : say("send.plain")}
      </button>
      <button
        ref={arrow}
        type="button"
        class="primary send-how"
        aria-label={say("send.how")}
        title={say("send.how")}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="up" size={14} />
      </button>
      {open && arrow.current && (
        <Menu
          label={say("send.how")}
          anchor={arrow.current}
          onClose={close}
          lead={say("send.remembered")}
        >
          <Item
            words={say("send.plain")}
            checked={sendMode.value === "send"}
            onPick={pick("send")}
          />
          <Item
            words={say("send.resolve")}
            more={say("send.resolve.more")}
            checked={sendMode.value === "resolve"}
            onPick={pick("resolve")}
          />
          <Item words={say("send.later")} off={!ready} onPick={then(onLater)} />
          <Item
            words={say("send.mail")}
            off={!ready}
            onPick={then(() => {
              giveBack(arrow.current ?? document.body);
              onMail();
            })}
          />
        </Menu>
      )}
    </span>
  );
}

interface ItemProps {
  words: string;
  more?: string;
  checked?: boolean;
  off?: boolean;
  onPick(): void;
}

function Item({ words, more = "", checked, off = false, onPick }: ItemProps) {
  const role =
    checked === undefined
      ? { role: "menuitem" as const }
      : { role: "menuitemradio" as const, "aria-checked": checked };
  return (
    <button
      type="button"
      {...role}
      class="menu-item"
      tabIndex={-1}
      aria-disabled={off}
      onClick={() => {
        if (!off) onPick();
      }}
    >
      <span class="menu-words">
        <span>{words}</span>
        {more && <span class="menu-more">{more}</span>}
      </span>
      {checked && <Icon name="check" />}
    </button>
  );
}
