/** Names for pages, by which rules tell where somebody is. */

import { Icon } from "../icons";
import { AddButton, RemoveButton } from "./buttons";
import { usePolicy } from "./context";
import { freshKey, type Group } from "./document";
import { Several, useTyped, Wrong } from "./fields";
import { problemOf } from "./problems";
import { changed, freeName, move, renamed, without } from "./table";
import { label, say } from "./words";

export function PageGroups() {
  const { room } = usePolicy();
  const { groups } = room.shown.value;
  const add = () =>
    room.edit((draft) => ({
      groups: [
        ...draft.groups,
        { key: freshKey(), name: freeName(draft.groups, say("groups.new")), paths: [] },
      ],
    }));
  return (
    <Several path="page_groups" label={label("page_groups")} about="page_groups" alone>
      {groups.length === 0 && <p class="muted small">{say("groups.none")}</p>}
      <ol class="groups">
        {groups.map((group, index) => (
          <GroupItem key={group.key} group={group} index={index} all={groups.length} />
        ))}
      </ol>
      {groups.length > 1 && <p class="says">{say("groups.order")}</p>}
      <AddButton words={say("groups.add")} onClick={add} />
    </Several>
  );
}

function GroupItem({ group, index, all }: { group: Group; index: number; all: number }) {
  const { room } = usePolicy();
  const { key, name, paths } = group;
  const wrong = problemOf(room.problems.value, `page_groups[${index}]`);
  const typed = useTyped(paths.join("\n"), (text) => {
    const lines = text.split("\n").map((line) => line.trim());
    room.edit(({ groups }) => ({
      groups: changed(groups, key, { paths: lines.filter(Boolean) }),
    }));
  });
  const shift = (step: number) =>
    room.edit(({ groups }) => ({ groups: move(groups, index, index + step) }));
  const rename = (to: string) =>
    room.edit(({ groups, rules }) => ({
      groups: changed(groups, key, { name: to }),
      // While it has the name of another one nobody can tell which of them a rule means.
      rules: groups.some((each) => each.key !== key && [name, to].includes(each.name))
        ? rules
        : renamed(rules, name, to),
    }));
  return (
    <li class={wrong ? "is-wrong" : ""}>
      <div class="group-head">
        <input
          type="text"
          aria-label={say("groups.name")}
          autocomplete="off"
          value={name}
          onInput={(event) => rename(event.currentTarget.value)}
        />
        {all > 1 && (
          <>
            <Shift label={say("groups.earlier", { name })} onClick={() => shift(-1)} />
            <Shift label={say("groups.later", { name })} down onClick={() => shift(1)} />
          </>
        )}
        <RemoveButton
          label={say("groups.remove", { name })}
          onClick={() => room.edit(({ groups }) => ({ groups: without(groups, key) }))}
        />
      </div>
      <textarea
        rows={Math.max(2, paths.length)}
        dir="ltr"
        spellcheck={false}
        aria-label={say("groups.paths")}
        placeholder={say("groups.paths.says")}
        {...typed}
      />
      <Wrong words={wrong} />
    </li>
  );
}

interface ShiftProps {
  label: string;
  down?: boolean;
  onClick(): void;
}

function Shift({ label: words, down = false, onClick }: ShiftProps) {
  return (
    <button
      type="button"
      class={`plain square ${down ? "turned" : ""}`}
      aria-label={words}
      title={words}
      onClick={onClick}
    >
      <Icon name="up" />
    </button>
  );
}
