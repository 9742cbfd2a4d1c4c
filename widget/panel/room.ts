/** The panel's one piece of state, and everything that can be done to it. */

import { Connection, type ConnectionState, type World } from "../link/connection";
import { takeSeen } from "../link/log";
import { again, discard, due, put } from "../link/outbox";
import type {
  LeaveAddress,
  Prefer,
  Say,
  ShopperHears,
  ShopperSays,
  Subscribe,
} from "../link/protocol.gen";
import {
  forgive,
  hear,
  NOTHING_YET,
  newest,
  resumeFrom,
  unread,
  waitingSince,
} from "../link/shopper";
import type { LoaderSays, PanelSays } from "../loader/bridge";
import type { Boot } from "./boot";
import { consider, SLOW_MS } from "./offer";
import { offersPush, type PushHere } from "./push";
import type { Drawer } from "./saved";
import { type Asked, type RoomState, START } from "./state";
import { type Tab, TypingPulse, tabFrame } from "./tab";

export interface RoomOptions {
  boot: Boot;
  ticket: () => Promise<string>;
  drawer: Drawer;
  tell: (says: Omit<PanelSays, "onethread">) => void;
  /** Words for the number of unread messages. */
  unreadWords: (n: number) => string;
  world: World;
  /** Milliseconds since 1970. */
  date: () => number;
  cmid: () => string;
  /** The browser's time zone (IANA); null when it tells none that the gateway could read. */
  zone: string | null;
}

/** The gateway answers a form at once or not at all. */
const ANSWER_MS = 12_000;
const PAGE_SIZE = 50;

export class Room {
  #state: RoomState = START;
  #watchers = new Set<() => void>();
  #connection: Connection<ShopperSays, ShopperHears>;
  #options: RoomOptions;
  #typing: TypingPulse;
  /** Whose the saved letters were; null when they never had a session. */
  #owner: string | null;
  #waited: number | null = null;
  #told: Omit<PanelSays, "onethread"> = {};
  #tab: Tab | null = null;
  #gone = false;
  #timers = new Map<string, unknown>();

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#connection = new Connection<ShopperSays, ShopperHears>({
      url: options.boot.socket,
      ticket: options.ticket,
      hello: (ticket) => ({
        t: "hello",
        ticket,
        resume: resumeFrom(this.#state.view),
        zone: options.zone,
      }),
      heard: (frame) => this.#heard(frame),
      changed: (link) => this.#linked(link),
      world: options.world,
    });
    this.#typing = new TypingPulse(options.world, (on) => this.#say({ t: "typing", on }));
    const saved = options.drawer.load(options.date());
    this.#owner = saved.shopper;
    this.#state = { ...START, view: { ...NOTHING_YET, outbox: saved.letters } };
  }

  get state(): RoomState {
    return this.#state;
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  // --- what the shop's page and the browser tell --------------------------------------------

  /** The loader spoke; the first time this may open the connection. */
  paged(page: Omit<LoaderSays, "onethread">): void {
    this.#change({ page });
    const waits = this.#state.view.outbox.length > 0;
    if (page.open || page.kept || waits) this.#connection.start();
  }

  seeable(visible: boolean): void {
    this.#change({ visible });
    if (visible) this.#connection.wake();
  }

  /** The focus came into this frame, or left it. */
  focused(focus: boolean): void {
    this.#change({ focus });
    // It went to the page or to another window, and only the page knows which.
    if (!focus) this.#options.tell({});
  }

  networked(online: boolean): void {
    this.#change({ online });
    if (online) this.#connection.wake();
  }

  /** More is known of this browser's notifications. */
  pushed(part: Partial<PushHere>): void {
    this.#change({ push: { ...this.#state.push, ...part } });
  }

  /** The page is going; `kept` when the browser may bring it back as it was. */
  leave(kept: boolean): void {
    this.#say({ t: "bye" });
    this.#gone = true;
    if (kept) this.#connection.stop();
  }

  comeBack(): void {
    this.#gone = false;
    // What the page said last is from before it was left.
    this.#options.tell({});
    this.paged(this.#state.page);
    if (this.#state.everLive) this.#connection.start();
  }

  // --- what the shopper does ---------------------------------------------------------------

  write(draft: string): void {
    this.#change({ draft });
    this.#typing.wrote(draft.trim() !== "");
  }

  send(): void {
    const body = this.#state.draft.trim();
    if (!body) return;
    const frame: Say = { t: "send", cmid: this.#options.cmid(), body, attachments: [] };
    const outbox = put(this.#state.view.outbox, frame, this.#options.date());
    const offer = { ...this.#state.offer, settled: false };
    this.#typing.wrote(false);
    this.#change({ view: { ...this.#state.view, outbox }, draft: "", offer, atEnd: true });
    this.#connection.start();
    this.#say(frame);
  }

  retry(cmid: string): void {
    const outbox = again(this.#state.view.outbox, cmid);
    this.#change({ view: { ...this.#state.view, outbox } });
    const letter = outbox.find((one) => one.frame.cmid === cmid);
    if (letter) this.#say(letter.frame);
  }

  remove(cmid: string): void {
    const outbox = discard(this.#state.view.outbox, cmid);
    this.#change({ view: { ...this.#state.view, outbox } });
  }

  scrolled(atEnd: boolean): void {
    if (atEnd !== this.#state.atEnd) this.#change({ atEnd });
  }

  earlier(): void {
    const { log, paging } = this.#state.view;
    const first = log?.entries[0];
    if (!log || log.complete || paging || !first) return;
    if (!this.#say({ t: "earlier", before: first.seq, limit: PAGE_SIZE })) return;
    this.#change({ view: { ...this.#state.view, paging: true } });
  }

  leaveAddress(channel: LeaveAddress["channel"], value: string, sentenceId: string): void {
    this.#ask({ t: "leave_address", channel, value, sentence_id: sentenceId });
  }

  giveCode(addressId: string, code: string): void {
    this.#ask({ t: "give_code", address_id: addressId, code });
  }

  /** Be answered there first; `chat`: nowhere else. */
  prefer(channel: Prefer["channels"][number]): void {
    this.#ask({ t: "prefer", channels: [channel] });
  }

  /** Be notified in this browser; `asked`: the shopper waits for it. False when nothing was said. */
  subscribe(frame: Subscribe, asked: boolean): boolean {
    return asked ? this.#ask(frame) : this.#say(frame);
  }

  unsubscribe(endpoint: string): void {
    this.#ask({ t: "unsubscribe", endpoint });
  }

  /** What was refused is being put right. */
  forgive(): void {
    this.#change({ view: forgive(this.#state.view), problem: null });
  }

  dismiss(): void {
    this.#change({ offer: { ...this.#state.offer, dismissed: true } });
  }

  showReach(sheet: boolean): void {
    this.#change({ sheet, view: forgive(this.#state.view), problem: null });
  }

  close(): void {
    this.#options.tell({ close: true });
  }

  // --- inside ------------------------------------------------------------------------------

  #ask(frame: ShopperSays & { t: Asked }): boolean {
    const view = forgive(this.#state.view);
    const said = this.#say(frame);
    this.#change({ view, asked: said ? frame.t : null, problem: said ? null : "notConnected" });
    if (!said) return false;
    this.#after("answer", ANSWER_MS, () => this.#change({ asked: null, problem: "noAnswer" }));
    return true;
  }

  /** Nothing follows a goodbye: browsers tell that the page is hidden only after it. */
  #say(frame: ShopperSays): boolean {
    return !this.#gone && this.#connection.send(frame);
  }

  #heard(frame: ShopperHears): void {
    const before = this.#state.view;
    if (frame.t === "welcome") this.#welcomed(frame.shopper_id);
    const { view, gap } = hear(this.#state.view, frame, this.#options.world.now());
    let { freshAfter, asked, offer } = this.#state;
    if (frame.t === "snapshot" && (!before.log || !frame.recovered)) freshAfter = newest(view);
    if (frame.t === "welcome" && frame.conversation_id === null) freshAfter = 0;
    if (asked && frame.t === "addresses") {
      if (asked !== "prefer" && asked !== "unsubscribe") offer = { ...offer, settled: true };
      asked = null;
    }
    if (frame.t === "error" && frame.about === asked) asked = null;
    if (!asked) this.#after("answer", null);
    this.#change({ view, freshAfter, asked, offer });
    if (gap) this.#connection.resume();
  }

  #welcomed(shopper: string): void {
    if (this.#owner !== null && this.#owner !== shopper) {
      // Another person's session now: what the former one wrote must not go out under it.
      this.#state = { ...this.#state, view: { ...this.#state.view, outbox: [] } };
    }
    this.#owner = shopper;
  }

  #linked(link: ConnectionState): void {
    const lost = link.at !== "live" && this.#state.asked !== null;
    // A new socket knows nothing of this tab, and nothing of what the old one did not acknowledge.
    if (link.at === "live") this.#tab = null;
    this.#change({
      link,
      everLive: this.#state.everLive || link.at === "live",
      ...(lost ? { asked: null, problem: "notConnected" } : {}),
    });
    if (link.at !== "live") return;
    for (const frame of due(this.#state.view.outbox)) this.#say(frame);
  }

  #change(part: Partial<RoomState>): void {
    const now = this.#options.world.now();
    const next = { ...this.#state, ...part, now };
    const waits = waitingSince(next.view) !== null;
    this.#waited = waits ? (this.#waited ?? now) : null;
    const push = offersPush(next.view, next.push);
    const moment = { waited: this.#waited, leaving: next.page.leaving, push, now };
    if (next.view.typing && next.view.typing.until <= now) {
      next.view = { ...next.view, typing: null };
    }
    // What comes before somebody's eyes only now has not been read: where it stands says how far.
    const was = this.#state;
    const appears = next.page.open && (!was.page.open || (next.view.log && !was.view.log));
    if (appears && unread(next.view) > 0) next.atEnd = false;
    this.#state = { ...next, offer: consider(next.offer, next.view, moment) };
    this.#sync();
    this.#clockwork(now);
    for (const watcher of this.#watchers) watcher();
  }

  /** Brings the gateway, the loader and the drawer up to date with the state. */
  #sync(): void {
    const { view, page, visible, focus, atEnd, sheet, link } = this.#state;
    this.#options.drawer.save(this.#owner, view.outbox);
    const n = unread(view);
    const kept =
      view.outbox.length > 0 || (view.log !== null && (view.log.state === "open" || n > 0));
    this.#tell({ unread: n, words: n ? this.#options.unreadWords(n) : "" });
    // Not before the welcome: until then nobody knows.
    if (view.welcome) this.#tell({ kept });
    if (link.at !== "live") return;
    const tab = tabFrame(page, visible, focus);
    if (JSON.stringify(tab) !== JSON.stringify(this.#tab)) {
      this.#tab = tab;
      this.#say(tab);
    }
    if (n > 0 && page.open && visible && atEnd && !sheet && view.log) {
      const seq = newest(view);
      this.#say({ t: "seen", seq });
      const conversation_id = view.log.conversationId;
      const log = takeSeen(view.log, { t: "seen", conversation_id, side: "shopper", seq });
      this.#state = { ...this.#state, view: { ...view, log } };
      this.#tell({ unread: 0, words: "" });
    }
  }

  #tell(says: Omit<PanelSays, "onethread">): void {
    const news = Object.entries(says).some(
      ([name, value]) => this.#told[name as keyof typeof says] !== value,
    );
    if (!news) return;
    this.#told = { ...this.#told, ...says };
    this.#options.tell(says);
  }

  /** Wakes when time alone changes what is to be shown. */
  #clockwork(now: number): void {
    const { typing } = this.#state.view;
    this.#after("typing", typing ? typing.until - now : null, () => this.#change({}));
    const slow = this.#waited === null ? 0 : this.#waited + SLOW_MS - now;
    this.#after("slow", slow > 0 ? slow : null, () => this.#change({}));
  }

  #after(name: string, ms: number | null, task: () => void = () => undefined): void {
    const { world } = this.#options;
    world.clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
    if (ms !== null) this.#timers.set(name, world.setTimeout(task, ms));
  }
}
