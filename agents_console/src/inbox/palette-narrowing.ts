/** What the palette offers to narrow a view by, and the filters that were kept. */

import type { Desk } from "../desk/desk";
import type { VIEWS } from "../place";
import { say } from "../words";
import { isNarrow, type Narrow, WHOLE } from "./narrow";
import type { Hands, Item } from "./palette-items";

export function narrowing({ desk }: Hands): Item[] {
  const { view, open, narrow = WHOLE } = desk.place.value;
  const to = (more: Narrow) => () => desk.go({ view, open, narrow: { ...narrow, ...more } });
  const stores = Object.entries(desk.stores.value);
  const channels = ["chat", "sms", "email", "whatsapp"] as const;
  return [
    ...(isNarrow(narrow)
      ? [
          {
            id: "whole",
            words: say("narrow.whole"),
            icon: "close" as const,
            run: () => desk.go({ view, open }),
          },
        ]
      : []),
    ...desk.labels.value.map((label) => ({
      id: `by-${label.label_id}`,
      words: say("narrow.label", { name: label.name }),
      icon: "label" as const,
      run: to({ label: label.label_id }),
    })),
    ...channels.map((channel) => ({
      id: `by-${channel}`,
      words: say("narrow.channel", { name: say(`channel.${channel}`) }),
      icon: channel,
      run: to({ channel }),
    })),
    ...[...desk.colleagues.value].map((each) => ({
      id: `by-${each.agent_id}`,
      words: say("narrow.assignee", { name: each.name }),
      icon: "mine" as const,
      run: to({ assignee: each.agent_id }),
    })),
    ...(stores.length > 1 ? stores : []).map(([id, name]) => ({
      id: `by-${id}`,
      words: say("narrow.store", { name }),
      icon: "open" as const,
      run: to({ store: id }),
    })),
  ];
}

export function kept({ desk, filters }: Hands): Item[] {
  const { view, narrow = WHOLE } = desk.place.value;
  const told = (error: Error) => {
    desk.toast.value = { words: error.message || say("error.internal"), undo: null };
  };
  const found: Item[] = filters.all.value.flatMap((each) => [
    {
      id: each.filter_id,
      words: each.name,
      icon: "narrow" as const,
      run: () => desk.go({ view: each.view, open: null, narrow: each.narrow }),
    },
    {
      id: `no-${each.filter_id}`,
      words: say("filter.remove", { name: each.name }),
      icon: "bin" as const,
      stays: true,
      run: () => void filters.remove(each.filter_id).catch(told),
    },
  ]);
  if (isNarrow(narrow)) {
    found.push({
      id: "keep",
      words: say("filter.keep"),
      icon: "plus",
      run: () => {
        const name = nameOf(desk, view, narrow);
        filters.keep(name, view, narrow).then(() => {
          desk.toast.value = { words: say("filter.kept", { name }), undo: null };
        }, told);
      },
    });
  }
  return found;
}

/** What a filter is called until somebody finds a better name: what it asks. */
function nameOf(desk: Desk, view: (typeof VIEWS)[number], narrow: Narrow): string {
  const label = desk.labels.value.find((each) => each.label_id === narrow.label)?.name;
  const channel = narrow.channel && say(`channel.${narrow.channel}`);
  const owner = desk.colleagues.value.find((each) => each.agent_id === narrow.assignee)?.name;
  const store = narrow.store && desk.stores.value[narrow.store];
  return [say(`view.${view}`), label, channel, owner, store]
    .filter(Boolean)
    .join(" · ")
    .slice(0, 60);
}
