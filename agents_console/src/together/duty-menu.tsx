/** Whether work comes to us, and for how long: one button, and a menu of what may be picked. */

import { useRef, useState } from "preact/hooks";
import { giveBack, Menu } from "../composer/menu";
import { useRoom } from "../context";
import { Icon } from "../icons";
import { moment, now, present } from "../time";
import { say } from "../words";
import { PICKS, type Pick, SPANS, type Span, until } from "./duty";

/** What is picked for a while as often as for good. */
type Lasting = Extract<Pick, "away" | "do_not_disturb">;

function lasts(pick: Pick): pick is Lasting {
  return pick === "away" || pick === "do_not_disturb";
}

export function DutyMenu() {
  const { desk } = useRoom();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [picked, setPicked] = useState<Lasting | null>(null);
  const { duty, until: held, by_schedule: scheduled } = desk.standing.value;
  const chosen: Pick = scheduled ? "schedule" : duty;

  function close(): void {
    setOpen(false);
    setPicked(null);
    if (button.current) giveBack(button.current);
  }

  function pick(which: Pick, span: Span): void {
    desk.switchDuty(which, until(span, present()));
    close();
  }

  return (
    <div class={`duty ${duty}`}>
      <button
        ref={button}
        type="button"
        class="duty-button"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => (open ? close() : setOpen(true))}
      >
        <span class="duty-dot" />
        <span class="duty-name">
          <span class="hidden">{say("duty.label")} </span>
          {say(`duty.${duty}`)}{" "}
          {held !== null && (
            <span class="duty-until">{say("duty.until", { time: moment(held, now.value) })}</span>
          )}
        </span>
      </button>
      {open && button.current && (
        <Menu
          // Another list of choices: the focus goes to its first.
          key={picked ?? ""}
          label={say("duty.label")}
          anchor={button.current}
          onClose={close}
          lead={picked && say(`duty.${picked}.how-long`)}
        >
          {picked
            ? SPANS.map((span) => (
                <Item key={span} words={say(`duty.${span}`)} onPick={() => pick(picked, span)} />
              ))
            : PICKS.map((which) => (
                <Item
                  key={which}
                  words={say(`duty.${which}`)}
                  more={say(`duty.${which}.means`)}
                  checked={chosen === which}
                  onPick={() => (lasts(which) ? setPicked(which) : pick(which, "on"))}
                />
              ))}
        </Menu>
      )}
    </div>
  );
}

interface ItemProps {
  words: string;
  more?: string;
  checked?: boolean;
  onPick(): void;
}

function Item({ words, more, checked, onPick }: ItemProps) {
  const role =
    checked === undefined
      ? { role: "menuitem" as const }
      : { role: "menuitemradio" as const, "aria-checked": checked };
  return (
    <button type="button" class="menu-item" tabIndex={-1} {...role} onClick={onPick}>
      <span class="menu-words">
        <span>{words}</span>
        {more && <span class="menu-more">{more}</span>}
      </span>
      {checked && <Icon name="check" />}
    </button>
  );
}
