/** One field for everything: go somewhere, narrow the list, act on what is marked or open. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { NotBeforeDialog } from "../composer/not-before";
import { useRoom } from "../context";
import type { PaletteFor } from "../desk/state";
import { Icon } from "../icons";
import { LightDialog } from "../light-dialog";
import { say, sayMany } from "../words";
import { best } from "./fuzzy";
import { LabelsDialog } from "./labels-dialog";
import { type Item, itemsFor, newLabel } from "./palette-items";
import { createFilters } from "./saved";

/** Nobody reads further. */
const MOST_SHOWN = 60;
/** No screen shows more at once: the others are drawn once somebody sees these. */
const FIRST_SHOWN = 16;

interface PaletteProps {
  what: PaletteFor;
  onHelp(): void;
  onSelf(): void;
}

export function Palette(props: PaletteProps) {
  return props.what === "labels" ? <LabelsDialog /> : <Field {...props} />;
}

function Field({ what, onHelp, onSelf }: PaletteProps) {
  const room = useRoom();
  const { desk } = room;
  const [asked, setAsked] = useState("");
  const [at, setAt] = useState(0);
  const [picking, setPicking] = useState(false);
  const [most, setMost] = useState(FIRST_SHOWN);
  const [filters] = useState(() => createFilters(desk.api.ask));
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (what === "anything" || what === "narrow") void filters.load();
  }, [filters, what]);
  useEffect(() => setMost(MOST_SHOWN), []);
  const close = () => {
    desk.palette.value = null;
  };
  const rows = desk.chosen();
  const items = itemsFor(what, { desk, filters, onHelp, onSelf, onPick: () => setPicking(true) });
  const shown = best(items, asked, (item) => item.words).slice(0, most);
  if (what === "label" && asked.trim()) shown.push(...newLabel(desk, asked.trim(), items));
  const here = Math.min(at, shown.length - 1);

  function run(item: Item | undefined): void {
    if (!item) return;
    if (item.stays) {
      setAsked("");
      setAt(0);
    } else close();
    item.run();
  }

  function move(step: number): void {
    const next = (here + step + shown.length) % Math.max(shown.length, 1);
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  }

  if (picking) {
    return (
      <NotBeforeDialog
        title={say("palette.snooze")}
        take={say("marked.snooze")}
        onChoose={(until) => {
          close();
          desk.snoozeThese(rows, until);
        }}
        onClose={close}
      />
    );
  }
  const about = what === "anything" || what === "narrow" ? 0 : rows.length;
  return (
    <LightDialog title={say(`palette.${what}`)} onClose={close}>
      <div class="palette">
        {about > 0 && <p class="muted">{sayMany("palette.about", about)}</p>}
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={here >= 0 ? `${id}-${here}` : undefined}
          aria-autocomplete="list"
          aria-label={say(`palette.${what}`)}
          placeholder={say("palette.type")}
          autocomplete="off"
          autofocus
          value={asked}
          onInput={(event) => {
            setAsked(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            if (event.key === "ArrowDown") move(1);
            else if (event.key === "ArrowUp") move(-1);
            else if (event.key === "Enter") run(shown[here]);
            else return;
            event.preventDefault();
          }}
        />
        <div
          id={`${id}-list`}
          class="palette-list"
          role="listbox"
          ref={list}
          aria-label={say("palette.list")}
        >
          {shown.map((item, n) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and points here
            <div
              key={item.id}
              id={`${id}-${n}`}
              role="option"
              aria-selected={n === here}
              onClick={() => run(item)}
              onPointerMove={() => setAt(n)}
            >
              {item.icon ? <Icon name={item.icon} /> : <span class="icon" />}
              <span dir="auto" class={item.colour ? `label-mark colour-${item.colour}` : ""}>
                {item.words}
              </span>
              {item.on && (
                <>
                  <Icon name="check" />
                  <span class="hidden">{say("palette.on")}</span>
                </>
              )}
              {item.more && <span class="palette-more">{item.more}</span>}
              {item.keys && <kbd>{item.keys}</kbd>}
            </div>
          ))}
        </div>
        <p class="muted" role="status">
          {shown.length === 0 ? say("palette.none") : ""}
        </p>
      </div>
    </LightDialog>
  );
}
