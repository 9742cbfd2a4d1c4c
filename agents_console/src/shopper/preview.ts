/** A merge in plain words, line by line: what each has, what the one will have. Pure. */

import { say as channelWords } from "../words";
import type { Preview, Side, Told } from "./requests";
import { say } from "./words";

/** One line of the table: what it is about, and each side's words, several below each other. */
export interface Line {
  readonly what: string;
  readonly elder: readonly string[];
  readonly younger: readonly string[];
  readonly made: readonly string[];
}

const MOST = 4; /* of anything in one cell */

export function linesOf({ elder, younger, made }: Preview): Line[] {
  return [
    {
      what: say("merge.name"),
      elder: [elder.name],
      younger: [younger.name],
      made: [made.name || say("merge.name.none")],
    },
    {
      what: say("merge.known"),
      elder: [knownBy(elder)],
      younger: [knownBy(younger)],
      made: [knownBy(elder.sub || elder.verified ? elder : younger)],
    },
    {
      what: say("merge.conversations"),
      elder: conversations(elder),
      younger: conversations(younger),
      made: together(elder, younger, made),
    },
    {
      what: say("merge.addresses"),
      elder: addresses(elder),
      younger: addresses(younger),
      made: few(
        made.addresses.map((value) =>
          made.both.includes(value) ? `${value} (${say("merge.both")})` : value,
        ),
        say("merge.addresses.none"),
      ),
    },
    {
      what: say("merge.preference"),
      elder: [preference(elder.preference)],
      younger: [preference(younger.preference)],
      made: [preference(made.preference)],
    },
    {
      what: say("merge.attributes"),
      elder: attributes(elder.attributes),
      younger: attributes(younger.attributes),
      made: attributes(made.attributes),
    },
  ];
}

/** Why the elder's words count. */
export function whyElder({ elder, younger }: Preview): string {
  const why =
    elder.sub !== null
      ? "sub"
      : elder.verified || proven(elder) > 0 || elder.verified !== younger.verified
        ? "proof"
        : "first";
  return say("merge.wins", { elder: elder.name, why: say(`merge.wins.${why}`) });
}

/** What an agent has to know before, as sentences; a code of tomorrow's gateway says nothing. */
export function warnings(preview: Preview): string[] {
  const names = { elder: preview.elder.name, younger: preview.younger.name };
  return preview.told.flatMap((each) => warning(each, names));
}

function warning({ code, channel, values = [] }: Told, names: Record<string, string>): string[] {
  switch (code) {
    case "differ": {
      const spoken = channelWords(`channel.${channel ?? "email"}`);
      return [say("merge.told.differ", { channel: spoken, values: values.join(", ") })];
    }
    case "stopped":
      return [say("merge.told.stopped", { values: values.join(", ") })];
    case "unproven":
    case "browsers":
    case "there":
    case "blocked":
      return [say(`merge.told.${code}`, names)];
    default:
      return [];
  }
}

function knownBy(side: Side): string {
  if (side.sub !== null) return say("merge.known.sub", { sub: side.sub });
  return say(side.verified || proven(side) > 0 ? "merge.known.proof" : "merge.known.none");
}

function proven(side: Side): number {
  return side.addresses.filter((each) => each.proven).length;
}

function conversations({ conversations: all }: Side): string[] {
  const told = all.map(({ number, state, continued_in: on }) =>
    say("merge.conversation", { number, state: say(`earlier.${on ? "continued" : state}`) }),
  );
  return few(told, say("merge.conversations.none"));
}

function together(elder: Side, younger: Side, made: Preview["made"]): string[] {
  const n = elder.conversations.length + younger.conversations.length;
  return [
    ...(made.goes_on === null ? [] : [say("merge.goes-on", { number: made.goes_on })]),
    ...(made.closes === null ? [] : [say("merge.closes", { number: made.closes })]),
    ...(n === 0 ? [say("merge.conversations.none")] : []),
    ...(n > 2 ? [say("merge.all", { n })] : []),
  ];
}

function addresses({ addresses: all }: Side): string[] {
  const told = all.map(({ value, proven: yes, consented, stopped, failed }) => {
    const marks = [
      say(yes ? "merge.address.proven" : "merge.address.typed"),
      ...(stopped
        ? [say("merge.address.stopped")]
        : [say(consented ? "merge.address.agreed" : "merge.address.refused")]),
      ...(failed === null ? [] : [say("merge.address.failed")]),
    ];
    return `${value} (${marks.join(", ")})`;
  });
  return few(told, say("merge.addresses.none"));
}

export function preference(channels: Side["preference"]): string {
  if (channels.length === 0) return say("merge.preference.none");
  return channels.map((each) => channelWords(`channel.${each}`)).join(say("prefers.then"));
}

function attributes(all: Side["attributes"]): string[] {
  const told = all.map(({ name, value }) => `${name}: ${value}`);
  return few(told, say("merge.attributes.none"));
}

function few(all: readonly string[], none: string): string[] {
  if (all.length === 0) return [none];
  if (all.length <= MOST) return [...all];
  const more = say("merge.conversations.more", { n: all.length - MOST + 1 });
  return [...all.slice(0, MOST - 1), more];
}
