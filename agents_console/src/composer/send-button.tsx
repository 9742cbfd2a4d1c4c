/** Sends; beside it, the other ways to send. */

import { useRef, useState } from "preact/hooks";
import { COMPOSER_ID } from "../desk/keys";
import { Icon } from "../icons";
import { say as sayAll } from "../words";
import { giveBack, Menu } from "./menu";
import { MenuItem } from "./menu-item";
import { remember, type SendMode, sendMode } from "./send-mode";
import { say } from "./words";

interface SendProps {
  note: boolean;
  ready: boolean;
  /** What is done with this one. */
  mode: SendMode;
  onLater(): void;
  onMail(): void;
}

export function SendButton({ note, ready, mode, onLater, onMail }: SendProps) {
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
  const pick = (chosen: SendMode) =>
    then(() => {
      remember(chosen);
      document.getElementById(COMPOSER_ID)?.focus();
    });
  return (
    <span class="send">
      <button type="submit" class="primary" disabled={!ready}>
        {mode === "send" ? say("send.plain") : say(`send.${mode}.short`)}
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
          <MenuItem
            words={say("send.plain")}
            checked={sendMode.value === "send"}
            onPick={pick("send")}
          />
          <MenuItem
            words={say("send.resolve")}
            more={say("send.resolve.more")}
            checked={sendMode.value === "resolve"}
            onPick={pick("resolve")}
          />
          <MenuItem
            words={say("send.snooze")}
            more={say("send.snooze.more")}
            checked={sendMode.value === "snooze"}
            onPick={pick("snooze")}
          />
          <MenuItem
            words={say("send.later")}
            off={!ready}
            onPick={then(() => {
              // The dialog gives the focus back to what had it, and this menu will be gone.
              document.getElementById(COMPOSER_ID)?.focus();
              onLater();
            })}
          />
          <MenuItem
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
