/** A desk on a page, and the gateway at the other end of its socket. */

import { render } from "preact";
import { act } from "preact/test-utils";
import { vi } from "vitest";
import type {
  AgentHears,
  AgentSays,
  Colleague,
  Entry,
  InboxRow,
} from "../../widget/link/protocol.gen";
import { createApi } from "../src/api";
import { App } from "../src/app";
import { createSession } from "../src/session";
import { type Pen, row } from "./scene";

/** The gateway's end of one socket. */
export class Wire {
  static all: Wire[] = [];
  static get latest(): Wire {
    const wire = Wire.all.at(-1);
    if (!wire) throw new Error("nobody has connected");
    return wire;
  }
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly said: AgentSays[] = [];
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    Wire.all.push(this);
  }
  send(text: string): void {
    this.said.push(JSON.parse(text));
  }
  close(): void {}

  tell(...frames: AgentHears[]): Promise<void> {
    return act(() => {
      for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) });
    });
  }
  last<T extends AgentSays["t"]>(t: T): Extract<AgentSays, { t: T }> {
    const found = this.said.findLast((frame) => frame.t === t);
    if (!found) throw new Error(`${t} was never said`);
    return found as Extract<AgentSays, { t: T }>;
  }
}

export const AGENT = { agent_id: "ada", name: "Ada Moreau" };
/** What it answers to a request; a promise is an answer that takes its time. */
type Answer = [status: number, body: unknown];
export const answers = new Map<string, Answer | Promise<Answer>>();

/** What was asked of the gateway over HTTP, but for reading. */
export const asked: { method: string; url: string; body: unknown }[] = [];

async function gateway(url: string, init: RequestInit): Promise<Response> {
  if (init.method !== "GET") {
    asked.push({ method: init.method ?? "", url, body: JSON.parse(String(init.body ?? "null")) });
  }
  const [status, body] = (await answers.get(url)) ?? [404, { code: "not_found", message: "" }];
  return new Response(JSON.stringify(body), { status });
}

export const settle = (ms = 1) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

export function find<E extends Element = HTMLElement>(selector: string, words?: string): E {
  const all = [...document.querySelectorAll<E>(selector)];
  const found = all.find((each) => !words || each.textContent?.trim().includes(words));
  if (!found) throw new Error(`no ${selector} ${words ?? ""} in ${document.body.textContent}`);
  return found;
}

export async function press(selector: string, words?: string): Promise<void> {
  await act(() => find(selector, words).click());
  await settle();
}

export async function write(words: string): Promise<void> {
  const area = find<HTMLTextAreaElement>("#composer");
  await act(() => {
    area.value = words;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await act(() => {
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  });
}

const ONLINE = {
  duty: "online",
  connected: true,
  face: null,
  until: null,
  by_schedule: false,
} as const;

export const BO: Colleague = { ...ONLINE, agent_id: "bo", name: "Bo Lind", duty: "away" };

export const welcome: AgentHears = {
  t: "welcome",
  epoch: 1,
  agent: { ...AGENT, ...ONLINE },
  colleagues: [BO],
  stores: { acme: "Acme" },
  heartbeat_ms: 20_000,
};

const OPEN = {
  t: "inbox",
  view: "open",
  store_id: null,
  label_id: null,
  channel: null,
  assignee_id: null,
} as const;

function inbox(...rows: InboxRow[]): AgentHears {
  return { ...OPEN, rows, after: null };
}

export function snapshot(entries: readonly Entry[], recovered = false): AgentHears {
  return {
    t: "snapshot",
    conversation: {
      store_id: "acme",
      conversation_id: "c1",
      number: 7,
      state: "open",
      last_seq: entries.length,
      seen_shopper: 0,
      seen_staff: 0,
      assignee_id: null,
    },
    epoch: 1,
    entries: [...entries],
    recovered,
    complete: true,
  };
}

/** Told of either kind after each snapshot: nothing was begun. */
export function begun(kind: "answer" | "note", body = ""): AgentHears {
  return { t: "draft", conversation_id: "c1", kind, body, at: 0, elsewhere: false };
}

export const home = document.createElement("div");

export async function signedIn(): Promise<Wire> {
  answers.set("/api/me", [200, { agent: AGENT, csrf: "token" }]);
  answers.set("/api/ticket", [200, { ticket: "a-ticket-of-sixteen" }]);
  await begin();
  await settle();
  Wire.latest.onopen?.();
  await Wire.latest.tell(welcome);
  return Wire.latest;
}

export async function begin(): Promise<void> {
  const api = createApi(gateway);
  const session = createSession(api);
  await act(() => render(<App api={api} session={session} />, home));
  await act(() => session.begin());
  await settle();
}

/** Ada has Vera's conversation open. */
export async function atVeras(pen: Pen): Promise<Wire> {
  location.hash = "#/open/acme/c1";
  const wire = await signedIn();
  await wire.tell(inbox(row({ conversation_id: "c1", number: 7 })));
  await wire.tell(snapshot(pen.entries), begun("answer"), begun("note"));
  await settle();
  return wire;
}
