/** One choice of a menu; with `checked` it is one of several of which one holds. */

import { Icon, type IconName } from "../icons";

interface MenuItemProps {
  words: string;
  more?: string;
  icon?: IconName;
  /** The key that does the same. */
  keys?: string;
  checked?: boolean | undefined;
  off?: boolean;
  onPick(): void;
}

export function MenuItem({ words, more = "", icon, keys, checked, off, onPick }: MenuItemProps) {
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
      aria-disabled={off === true}
      aria-keyshortcuts={keys}
      onClick={() => {
        if (!off) onPick();
      }}
    >
      {icon && <Icon name={icon} />}
      <span class="menu-words">
        <span>{words}</span>
        {more && <span class="menu-more">{more}</span>}
      </span>
      {keys && (
        <span aria-hidden="true">
          <kbd>{keys}</kbd>
        </span>
      )}
      {checked && <Icon name="check" />}
    </button>
  );
}
