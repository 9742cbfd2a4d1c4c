/** Look for another shopper of this store; arrows choose, Enter shows what a merge would do. */

import { useEffect, useId, useState } from "preact/hooks";
import { Icon } from "../icons";
import { refused, type ShopperRequests, type Somebody } from "./requests";
import { say } from "./words";

const WAIT_MS = 200;

interface Props {
  self: string;
  requests: ShopperRequests;
  onChoose(shopperId: string): void;
}

interface Found {
  /** What was asked. */
  readonly words: string;
  readonly all: readonly Somebody[];
}

export function Find({ self, requests, onChoose }: Props) {
  const [words, setWords] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const [wrong, setWrong] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  useEffect(() => {
    const asked = words.trim();
    setAt(0);
    let stale = false;
    const look = async () => {
      const all = asked
        ? await requests.find(asked)
        : (await requests.about(self)).alike; /* who looks like them, before anybody types */
      if (!stale) setFound({ words, all: all.filter((each) => each.shopper_id !== self) });
    };
    const timer = setTimeout(
      () =>
        look().then(
          () => setWrong(""),
          (error) => !stale && setWrong(refused(error)),
        ),
      asked ? WAIT_MS : 0,
    );
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [words, self]);
  const shown = found?.all ?? [];
  // Whom Enter takes is found for these words, not for those before the last letter.
  const looking = found?.words !== words;
  const here = Math.min(at, shown.length - 1);
  const move = (step: number) => setAt((here + step + shown.length) % Math.max(shown.length, 1));
  return (
    <div class="palette find-shopper">
      <p class="muted">{say("find.hint")}</p>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={here >= 0 ? `${id}-${here}` : undefined}
        aria-autocomplete="list"
        aria-label={say("find.label")}
        placeholder={say("find.label")}
        autocomplete="off"
        autofocus
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          const chosen = looking ? undefined : shown[here];
          if (event.key === "ArrowDown") move(1);
          else if (event.key === "ArrowUp") move(-1);
          else if (event.key === "Enter" && chosen) onChoose(chosen.shopper_id);
          else return;
          event.preventDefault();
        }}
      />
      <div
        id={`${id}-list`}
        class="palette-list"
        role="listbox"
        aria-label={say("find.list")}
        aria-busy={looking}
      >
        {shown.map((each, n) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and points here
          <div
            key={each.shopper_id}
            id={`${id}-${n}`}
            role="option"
            aria-selected={n === here}
            onClick={() => onChoose(each.shopper_id)}
            onPointerMove={() => setAt(n)}
          >
            <Icon name={each.blocked ? "blocked" : "mine"} />
            <span class="find-who">
              <bdi>{each.name}</bdi>
              {each.verified && <span class="verified yes"> {say("now-known")}</span>}
              <span class="muted" dir="auto">
                {each.by ? say("alike.by", { value: each.by }) : each.addresses.join(", ")}
              </span>
            </span>
          </div>
        ))}
      </div>
      <p class="muted" role="status">
        {words.trim() && shown.length === 0 && found ? say("find.none") : ""}
      </p>
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}
