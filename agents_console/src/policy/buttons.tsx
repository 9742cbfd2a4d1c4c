/** The two small buttons of every list: one more, and without this one. */

import { Icon } from "../icons";

export function RemoveButton({ label, onClick }: { label: string; onClick(): void }) {
  return (
    <button type="button" class="plain square" aria-label={label} title={label} onClick={onClick}>
      <Icon name="close" />
    </button>
  );
}

export function AddButton({ words, onClick }: { words: string; onClick(): void }) {
  return (
    <button type="button" class="plain small" onClick={onClick}>
      <Icon name="plus" /> {words}
    </button>
  );
}
