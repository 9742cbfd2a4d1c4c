/** What the palette offers, by what it is asked for. */

import type { LabelFact } from "../../../widget/link/protocol.gen";
import type { Desk } from "../desk/desk";
import type { PaletteFor } from "../desk/state";
import type { IconName } from "../icons";
import { VIEWS } from "../place";
import { openSearch } from "../search/open";
import { moment, present } from "../time";
import { say } from "../words";
import { kept, narrowing } from "./palette-narrowing";
import type { Filters } from "./saved";
import { snoozeTimes } from "./snooze-times";

export interface Item {
  readonly id: string;
  readonly words: string;
  /** Told beside them, quieter. */
  readonly more?: string;
  readonly icon?: IconName;
  readonly colour?: LabelFact["colour"];
  readonly keys?: string;
  /** It holds already. */
  readonly on?: boolean;
  /** The palette stays, for the next one. */
  readonly stays?: boolean;
  run(): void;
}

export interface Hands {
  readonly desk: Desk;
  readonly filters: Filters;
  onHelp(): void;
  onSelf(): void;
  /** A time is to be picked. */
  onPick(): void;
}

export function itemsFor(what: PaletteFor, hands: Hands): Item[] {
  switch (what) {
    case "assign":
      return people(hands.desk);
    case "label":
      return labels(hands.desk);
    case "snooze":
      return times(hands);
    case "labels":
      return [];
    case "narrow":
      return [...narrowing(hands), ...kept(hands)];
    case "anything":
      return [
        ...acts(hands),
        ...views(hands.desk),
        ...kept(hands),
        ...narrowing(hands),
        ...screens(hands),
      ];
  }
}

/** The label that is not there yet, for the store of what it is to be put on. */
export function newLabel(desk: Desk, name: string, items: readonly Item[]): Item[] {
  const rows = desk.chosen();
  const stores = new Set(rows.map((row) => row.store_id));
  const [store] = stores;
  const same = items.some((item) => item.words.toLocaleLowerCase() === name.toLocaleLowerCase());
  if (store === undefined || stores.size > 1 || same) return [];
  return [
    {
      id: "new",
      words: say("label.make", { name }),
      icon: "plus",
      run() {
        desk.api
          .ask<LabelFact>("POST", `/api/stores/${store}/labels`, { name, colour: "grey" })
          .then(
            (made) => desk.labelThese(rows, [made.label_id], []),
            (error: Error) => {
              desk.toast.value = { words: error.message || say("error.internal"), undo: null };
            },
          );
      },
    },
  ];
}

function views(desk: Desk): Item[] {
  return VIEWS.map((view) => ({
    id: `view-${view}`,
    words: say("palette.go", { where: say(`view.${view}`) }),
    icon: view,
    run: () => desk.go({ view, open: null }),
  }));
}

function acts({ desk }: Hands): Item[] {
  const rows = desk.chosen();
  if (rows.length === 0) return [];
  const done = rows.every((row) => row.state === "resolved");
  const asleep = rows.some((row) => row.snoozed_until !== null);
  const ask = (what: PaletteFor) => () => {
    desk.palette.value = what;
  };
  const wake: Item[] = asleep
    ? [
        {
          id: "wake",
          words: say("palette.wake"),
          icon: "snoozed",
          run: () => desk.snoozeThese(rows, null),
        },
      ]
    : [];
  return [
    {
      id: "resolve",
      words: say(done ? "marked.reopen" : "marked.resolve"),
      icon: done ? "reopen" : "resolved",
      keys: "e",
      run: () => (done ? desk.reopenThese : desk.resolveThese)(rows),
    },
    {
      id: "mine",
      words: say("palette.mine"),
      icon: "mine",
      run: () => desk.giveThese(rows, desk.me.agent_id),
    },
    {
      id: "assign",
      words: say("palette.assign"),
      icon: "unassigned",
      keys: "a",
      run: ask("assign"),
    },
    { id: "snooze", words: say("palette.snooze"), icon: "snoozed", keys: "s", run: ask("snooze") },
    ...wake,
    { id: "label", words: say("palette.label"), icon: "label", keys: "l", run: ask("label") },
    ...finding(desk),
    ...aboutShopper(desk),
  ];
}

/** Of whoever's conversation is open, and not of many that are marked. */
function aboutShopper(desk: Desk): Item[] {
  const shopper = desk.thread.value?.shopper;
  if (!shopper || desk.marked.value.size > 0) return [];
  const name = shopper.name || say("shopper.unnamed");
  const what = shopper.blocked ? "unblock" : "block";
  return [
    {
      id: "merge",
      words: say("palette.merge", { name }),
      icon: "merge",
      run: () => {
        desk.deciding.value = { what: "merge" };
      },
    },
    {
      id: "block",
      words: say(`palette.${what}`, { name }),
      icon: "blocked",
      run: () => {
        desk.deciding.value = { what };
      },
    },
  ];
}

function finding(desk: Desk): Item[] {
  if (!desk.thread.value?.log) return [];
  const find = (what: "files" | "day") => () => {
    desk.finding.value = what;
  };
  return [
    { id: "files", words: say("palette.files"), icon: "clip", keys: "f", run: find("files") },
    { id: "day", words: say("palette.day"), icon: "date", keys: "d", run: find("day") },
  ];
}

function people(desk: Desk): Item[] {
  const rows = desk.chosen();
  const one = (agentId: string | null, words: string): Item => ({
    id: `agent-${agentId ?? ""}`,
    words,
    icon: agentId === null ? "unassigned" : "mine",
    on: rows.every((row) => row.assignee_id === agentId),
    run: () => desk.giveThese(rows, agentId),
  });
  return [
    one(desk.me.agent_id, say("palette.me", { name: desk.me.name })),
    ...desk.colleagues.value.map((each) => one(each.agent_id, each.name)),
    one(null, say("narrow.nobody")),
  ];
}

function labels(desk: Desk): Item[] {
  const rows = desk.chosen();
  return desk.labels.value
    .filter((label) => rows.some((row) => row.store_id === label.store_id))
    .map((label) => {
      const theirs = rows.filter((row) => row.store_id === label.store_id);
      const on = theirs.every((row) => row.labels.includes(label.label_id));
      const id = [label.label_id];
      return {
        id: label.label_id,
        words: label.name,
        colour: label.colour,
        on,
        run: () => desk.labelThese(theirs, on ? [] : id, on ? id : []),
      };
    });
}

function times({ desk, onPick }: Hands): Item[] {
  const rows = desk.chosen();
  const now = present();
  return [
    ...snoozeTimes(now).map(({ name, at }) => ({
      id: name,
      words: say(`snooze.${name}`),
      more: moment(at, now),
      icon: "clock" as const,
      run: () => desk.snoozeThese(rows, at),
    })),
    { id: "pick", words: say("snooze.pick"), icon: "snoozed", stays: true, run: onPick },
    ...(rows.some((row) => row.snoozed_until !== null)
      ? [
          {
            id: "wake",
            words: say("palette.wake"),
            icon: "reopen" as const,
            run: () => desk.snoozeThese(rows, null),
          },
        ]
      : []),
  ];
}

function screens({ desk, onHelp, onSelf }: Hands): Item[] {
  const where = { view: "open", open: null } as const;
  return [
    {
      id: "labels",
      words: say("labels.title"),
      icon: "label",
      run: () => {
        desk.palette.value = "labels";
      },
    },
    {
      id: "search",
      words: say("search.link"),
      icon: "search",
      keys: "/",
      run: () => openSearch(desk),
    },
    { id: "self", words: say("palette.settings"), icon: "mine", run: onSelf },
    {
      id: "canned",
      words: say("canned.link"),
      icon: "canned",
      run: () => desk.go({ ...where, canned: "" }),
    },
    {
      id: "policy",
      words: say("policy.link"),
      icon: "policy",
      run: () => desk.go({ ...where, policy: "" }),
    },
    {
      id: "mail",
      words: say("mail.link"),
      icon: "email",
      run: () => desk.go({ ...where, mail: "" }),
    },
    { id: "help", words: say("keys.open-help"), icon: "help", keys: "?", run: onHelp },
  ];
}
