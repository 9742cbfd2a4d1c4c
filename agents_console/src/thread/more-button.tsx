/** The ways to find something in the conversation that is open. */

import { useRef, useState } from "preact/hooks";
import { Menu } from "../composer/menu";
import { MenuItem } from "../composer/menu-item";
import { useRoom } from "../context";
import { Icon } from "../icons";
import { say } from "../words";

export function MoreButton() {
  const { desk } = useRoom();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const find = (what: "files" | "day") => () => {
    close();
    // The dialog gives the focus back to what has it now.
    button.current?.focus();
    desk.finding.value = what;
  };
  const words = say("thread.more");
  return (
    <>
      <button
        ref={button}
        type="button"
        class="plain square"
        aria-label={words}
        title={words}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" size={20} />
      </button>
      {open && button.current && (
        <Menu label={words} anchor={button.current} onClose={close}>
          <MenuItem words={say("gallery.open")} icon="clip" keys="f" onPick={find("files")} />
          <MenuItem words={say("day.open")} icon="date" keys="d" onPick={find("day")} />
        </Menu>
      )}
    </>
  );
}
