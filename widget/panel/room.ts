/** The panel's one piece of state, and everything that can be done to it. */

import { Connection, type ConnectionState } from "../link/connection";
import { takeSeen } from "../link/log";
import { again, discard, due, put } from "../link/outbox";
import type { Say, ShopperHears, ShopperSays } from "../link/protocol.gen";
import { forgive, hear, NOTHING_YET, newest, resumeFrom } from "../link/shopper";
import type { LoaderSays } from "../loader/bridge";
import type { RoomOptions } from "./around";
import { derived } from "./derived";
import { mergedIn, pageBefore } from "./earlier";
import { after, answered } from "./heard";
import { SLOW_MS } from "./offer";
import type { offered } from "./offering";
import { Outward } from "./outward";
import type { PushHere } from "./push";
import { type Asked, type RoomState, START, type Upload } from "./state";
import { TypingPulse } from "./tab";
import { Timers } from "./timers";
import { packed } from "./uploads";

/** The gateway answers a form at once or not at all. */
const ANSWER_MS = 12_000;

export class Room {
  #state: RoomState = START;
  #watchers = new Set<() => void>();
  #connection: Connection<ShopperSays, ShopperHears>;
  #options: RoomOptions;
  #typing: TypingPulse;
  /** Whose the saved letters were; null when they never had a session. */
  #owner: string | null;
  #waited: number | null = null;
  #outward: Outward;
  #offers: typeof offered | null = null;
  #gone = false;
  #timers: Timers;

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
    this.#typing = new TypingPulse(options.world, (on) => this.say({ t: "typing", on }));
    this.#timers = new Timers(options.world);
    this.#outward = new Outward(options.tell, (frame) => this.say(frame));
    const { shopper, letters, draft, mute } = options.drawer.load(options.date());
    this.#owner = shopper;
    this.#state = { ...START, view: { ...NOTHING_YET, outbox: letters }, draft, mute };
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

  /** So many more parts of the panel did not come; less than none: they did. */
  lacks(more: number): void {
    this.#change({ lacking: this.#state.lacking + more });
  }

  /** More is known of this browser's notifications. */
  pushed(part: Partial<PushHere>): void {
    this.#change({ push: { ...this.#state.push, ...part } });
  }

  /** The page is going; `kept` when the browser may bring it back as it was. */
  leave(kept: boolean): void {
    this.say({ t: "bye" });
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

  /** The files that are about to be sent. */
  carry(uploads: readonly Upload[]): void {
    this.#change({ uploads });
  }

  silence(mute: boolean): void {
    this.#change({ mute });
  }

  send(): void {
    const { draft, uploads, view, offer } = this.#state;
    const body = draft.trim();
    const { files, pictures, left } = packed(uploads);
    if (!body && files.length === 0) return;
    const attachments = files.map((file) => file.id);
    const frame: Say = { t: "send", cmid: this.#options.cmid(), body, attachments };
    const outbox = put(view.outbox, frame, this.#options.date(), files);
    this.#typing.wrote(false);
    this.#change({
      view: { ...view, outbox },
      draft: "",
      uploads: left,
      pictures: { ...this.#state.pictures, ...pictures },
      offer: { ...offer, settled: false },
      atEnd: true,
    });
    this.#connection.start();
    this.say(frame);
  }

  retry(cmid: string): void {
    const outbox = again(this.#state.view.outbox, cmid);
    this.#change({ view: { ...this.#state.view, outbox } });
    const letter = outbox.find((one) => one.frame.cmid === cmid);
    if (letter) this.say(letter.frame);
  }

  remove(cmid: string): void {
    const outbox = discard(this.#state.view.outbox, cmid);
    this.#change({ view: { ...this.#state.view, outbox } });
  }

  scrolled(atEnd: boolean): void {
    if (atEnd !== this.#state.atEnd) this.#change({ atEnd });
  }

  earlier(): void {
    const { view } = this.#state;
    const frame = pageBefore(view);
    if (frame && this.say(frame)) this.#change({ view: { ...view, paging: true } });
  }

  /** A form goes to the gateway; its button rests until there is an answer. False: nothing was said. */
  ask(frame: ShopperSays & { t: Asked }): boolean {
    const view = forgive(this.#state.view);
    const said = this.say(frame);
    this.#change({ view, asked: said ? frame.t : null, problem: said ? null : "notConnected" });
    if (!said) return false;
    this.#timers.after("answer", ANSWER_MS, () =>
      this.#change({ asked: null, problem: "noAnswer" }),
    );
    return true;
  }

  /** Nothing follows a goodbye: browsers tell that the page is hidden only after it. */
  say(frame: ShopperSays): boolean {
    return !this.#gone && this.#connection.send(frame);
  }

  /** What was refused is being put right. */
  forgive(): void {
    this.#change({ view: forgive(this.#state.view), problem: null });
  }

  /** What knows when to offer the answer elsewhere is here. */
  offers(part: typeof offered): void {
    this.#offers = part;
    this.#change({});
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

  #heard(frame: ShopperHears): void {
    const before = this.#state.view;
    if (frame.t === "welcome") this.#welcomed(frame.shopper_id);
    const { view, gap } = hear(this.#state.view, frame, this.#options.world.now());
    const changed = after(this.#state, view, frame);
    if (!changed.asked) this.#timers.after("answer", null);
    this.#change(changed);
    for (const asked of mergedIn(frame)) this.say(asked);
    const { bell } = this.#options;
    if (frame.t === "ring") bell?.ring();
    const seq = answered(before, this.#state.view);
    // Of all tabs and devices of this person the gateway lets one ring.
    if (seq > 0 && !this.#state.mute && bell?.able()) this.say({ t: "ring", seq });
    if (gap) this.#connection.resume();
  }

  #welcomed(shopper: string): void {
    if (this.#owner !== null && this.#owner !== shopper) {
      // Another person's session now: what the former one wrote must not go out under it.
      const view = { ...this.#state.view, outbox: [] };
      this.#state = { ...this.#state, view, draft: "", uploads: [] };
    }
    this.#owner = shopper;
  }

  #linked(link: ConnectionState): void {
    const lost = link.at !== "live" && this.#state.asked !== null;
    // A new socket knows nothing of this tab, and nothing of what the old one did not acknowledge.
    if (link.at === "live") this.#outward.forget();
    const { failures } = link.at === "waiting" ? link : this.#state;
    this.#change({
      link,
      failures: link.at === "live" ? 0 : failures,
      everLive: this.#state.everLive || link.at === "live",
      ...(lost ? { asked: null, problem: "notConnected" } : {}),
    });
    if (link.at !== "live") return;
    for (const frame of due(this.#state.view.outbox)) this.say(frame);
  }

  #change(part: Partial<RoomState>): void {
    const now = this.#options.world.now();
    const next = { ...this.#state, ...part, now };
    const { state, waited } = derived(this.#state, next, this.#waited, this.#offers);
    this.#waited = waited;
    this.#state = state;
    this.#sync();
    this.#clockwork(now);
    for (const watcher of this.#watchers) watcher();
  }

  /** Brings the gateway, the loader and the drawer up to date with the state. */
  #sync(): void {
    const { view, page, visible, atEnd, sheet, link, draft, mute } = this.#state;
    this.#options.drawer.save({ shopper: this.#owner, letters: view.outbox, draft, mute });
    const n = this.#outward.conversation(view, this.#options.unreadWords);
    if (link.at !== "live") return;
    this.#outward.tab(this.#state);
    if (n > 0 && page.open && visible && atEnd && !sheet && view.log) {
      const seq = newest(view);
      this.say({ t: "seen", seq });
      const conversation_id = view.log.conversationId;
      const log = takeSeen(view.log, { t: "seen", conversation_id, side: "shopper", seq });
      this.#state = { ...this.#state, view: { ...view, log } };
      this.#outward.page({ unread: 0, words: "" });
    }
  }

  /** Wakes when time alone changes what is to be shown. */
  #clockwork(now: number): void {
    const { typing } = this.#state.view;
    this.#timers.after("typing", typing ? typing.until - now : null, () => this.#change({}));
    const slow = this.#waited === null ? 0 : this.#waited + SLOW_MS - now;
    this.#timers.after("slow", slow > 0 ? slow : null, () => this.#change({}));
  }
}
