// Generated from gateway/protocol/schema.json by `npm run types`. Do not edit.

export type AgentHears =
  | AgentWelcome
  | InboxPage
  | Rows
  | Counts
  | Labels
  | BulkDone
  | Snapshot
  | Page
  | NewEntry
  | Ack
  | Failed
  | Seen
  | SomeoneTyping
  | Shopper
  | Reach
  | Route
  | Drafted
  | Mentioned
  | Scheduled
  | Colleagues
  | Looking
  | Alerts
  | Ping
  | Drain;
export type AgentSays =
  | AgentHello
  | Pong
  | AskInbox
  | AskCounts
  | Bulk
  | Open
  | Close
  | Tab
  | AgentSay
  | KeepDraft
  | Edit
  | TakeBack
  | Override
  | AgentSeen
  | AgentTyping
  | AgentEarlier
  | Duty
  | Assign
  | HandOver
  | Resolve
  | Reopen;
export type ShopperHears =
  | Welcome
  | Snapshot
  | Page
  | NewEntry
  | Ack
  | Failed
  | Seen
  | SomeoneTyping
  | Staff
  | Addresses
  | Forms
  | Ring
  | Ping
  | Drain;
export type ShopperSays =
  | Hello
  | Pong
  | Say
  | SeenTo
  | Typing
  | Tab
  | Bye
  | AskToRing
  | Earlier
  | LeaveAddress
  | GiveCode
  | Subscribe
  | Unsubscribe
  | Prefer
  | AskForms
  | Answer
  | Rate
  | AskTranscript;

/**
 * The whole contract, so that one schema holds the four unions.
 */
export interface Contract {
  agent_hears: AgentHears;
  agent_says: AgentSays;
  shopper_hears: ShopperHears;
  shopper_says: ShopperSays;
}
/**
 * The answer to an agent's ``hello``.
 */
export interface AgentWelcome {
  agent: Colleague;
  colleagues: Colleague[];
  epoch: number;
  heartbeat_ms: number;
  stores: {
    [k: string]: string;
  };
  t: "welcome";
}
/**
 * An agent, as colleagues and shoppers see one.
 *
 * ``face`` is the path of their picture on the gateway: square, and the same for everybody. Only
 * colleagues are told ``until`` when the duty holds and whether it goes ``by_schedule``.
 */
export interface Colleague {
  agent_id: string;
  by_schedule: boolean;
  connected: boolean;
  duty: "online" | "away" | "do_not_disturb";
  face: string | null;
  name: string;
  until: number | null;
}
/**
 * A page of a view, in order; it replaces what the client holds unless it asked on.
 */
export interface InboxPage {
  after: string | null;
  assignee_id: string | null;
  channel: ("chat" | "sms" | "email" | "whatsapp" | "push" | "app") | null;
  label_id: string | null;
  rows: InboxRow[];
  store_id: string | null;
  t: "inbox";
  view: "open" | "mine" | "unassigned" | "mentions" | "snoozed" | "unreachable" | "resolved" | "blocked";
}
/**
 * One conversation in the inbox; ``waiting_since`` is set while the shopper is unanswered.
 *
 * ``woken``: it was snoozed until a time that has come, and nobody has looked since. ``labels``
 * are ids.
 */
export interface InboxRow {
  assignee_id: string | null;
  blocked: boolean;
  channel: "chat" | "sms" | "email" | "whatsapp" | "push" | "app";
  conversation_id: string;
  labels: string[];
  last_at: number;
  mentions: MentionFact[];
  number: number;
  place: string;
  presence: "reading" | "on_page" | "hidden" | "gone";
  preview: string;
  rating: RatingFact | null;
  shopper: string;
  snoozed_until: number | null;
  state: "open" | "resolved";
  store_id: string;
  unreachable: boolean;
  unread: number;
  verified: boolean;
  waiting_since: number | null;
  woken: boolean;
}
/**
 * An agent whom notes of a conversation name; ``place`` orders that agent's mentions.
 *
 * The last first, so the greatest place comes first. ``seen``: they had the newest on screen.
 */
export interface MentionFact {
  agent_id: string;
  place: string;
  seen: boolean;
}
/**
 * How a conversation went: ``score`` of ``steps``.
 */
export interface RatingFact {
  score: number;
  steps: number;
}
/**
 * Inbox rows that have changed; the client decides whether they belong to the view.
 */
export interface Rows {
  rows: InboxRow[];
  t: "rows";
}
/**
 * How many each view has; of mentions, those that the agent has not seen.
 */
export interface Counts {
  mentions: Counted;
  mine: Counted;
  open: Counted;
  snoozed: Counted;
  t: "counts";
  unassigned: Counted;
  unreachable: Counted;
  waiting: Counted;
}
/**
 * How many a view has; with ``more`` it is at least so many.
 */
export interface Counted {
  more: boolean;
  n: number;
}
/**
 * Every label of every store, after any change; it replaces what the client holds.
 */
export interface Labels {
  labels: LabelFact[];
  t: "labels";
}
/**
 * A label of a store.
 */
export interface LabelFact {
  colour: "grey" | "green" | "blue" | "violet" | "amber" | "red";
  label_id: string;
  name: string;
  store_id: string;
}
/**
 * What became of a ``bulk``: with so many it was done, with these not.
 */
export interface BulkDone {
  done: number;
  left_out: LeftOut[];
  ref: string;
  t: "bulk";
}
/**
 * A conversation with which something could not be done, and why in words.
 */
export interface LeftOut {
  conversation_id: string;
  message: string;
  number: number | null;
  store_id: string;
}
/**
 * Entries of a conversation.
 *
 * ``recovered``: they follow the client's cursor, so append them. Otherwise they replace all it
 * holds. ``complete``: nothing earlier exists.
 */
export interface Snapshot {
  complete: boolean;
  conversation: Head;
  entries: Entry[];
  epoch: number;
  recovered: boolean;
  t: "snapshot";
}
/**
 * A conversation without its entries; the seen marks are seqs.
 */
export interface Head {
  assignee_id: string | null;
  conversation_id: string;
  last_seq: number;
  number: number;
  seen_shopper: number;
  seen_staff: number;
  state: "open" | "resolved";
  store_id: string;
}
/**
 * One row of a conversation's log, as one audience sees it.
 *
 * ``prev`` is the seq before it that this audience may see, 0 for the first. ``event`` and
 * ``data`` are set for events, ``body`` for messages and notes. ``original`` tells that the mail
 * as it came is kept and can be asked for. What was ``taken_back`` has no words any more; an
 * ``edited`` one has its newest, and so has the event that tells of it.
 */
export interface Entry {
  at: number;
  attachments: Attachment[];
  author: Author;
  automatic: boolean;
  body: string | null;
  channel: "chat" | "sms" | "email" | "whatsapp" | "push" | "app";
  cmid: string | null;
  data: {
    [k: string]: unknown;
  };
  edited: boolean;
  event: string | null;
  id: string;
  kind: "message" | "note" | "event";
  original: boolean;
  prev: number;
  seq: number;
  taken_back: boolean;
}
/**
 * A file of a message, ``size`` in bytes; ``type`` is what its bytes are.
 *
 * A picture that may be shown has a width and a height, in pixels; anything else is a download.
 */
export interface Attachment {
  height: number | null;
  id: string;
  name: string;
  size: number;
  type: string;
  width: number | null;
}
/**
 * Who wrote an entry; never an address. ``face`` is the path of an agent's picture.
 */
export interface Author {
  face: string | null;
  id: string;
  name: string;
  side: "shopper" | "staff" | "system";
}
/**
 * The answer to ``earlier``.
 */
export interface Page {
  complete: boolean;
  conversation_id: string;
  entries: Entry[];
  t: "page";
}
/**
 * The log grew; take it when its ``prev`` is the cursor, else resume.
 */
export interface NewEntry {
  conversation_id: string;
  entry: Entry;
  t: "entry";
}
/**
 * The message is stored durably; ``dup`` when it already was.
 */
export interface Ack {
  at: number;
  cmid: string;
  conversation_id: string;
  dup: boolean;
  entry_id: string;
  seq: number;
  t: "ack";
}
/**
 * A frame was refused; ``cmid`` when it was a message. Nothing of it was kept.
 */
export interface Failed {
  about: string | null;
  cmid: string | null;
  code: string;
  message: string;
  t: "error";
  why: string | null;
}
/**
 * The other side (or another device of this one) has seen up to ``seq``.
 */
export interface Seen {
  conversation_id: string;
  seq: number;
  side: "shopper" | "staff";
  t: "seen";
}
/**
 * Somebody else is typing; forget it after six seconds without another.
 */
export interface SomeoneTyping {
  agent_id: string | null;
  conversation_id: string;
  name: string;
  on: boolean;
  side: "shopper" | "staff";
  t: "typing";
}
/**
 * The shopper of an opened conversation, after any change.
 */
export interface Shopper {
  conversation_id: string;
  shopper: ShopperFact;
  t: "shopper";
}
/**
 * What the console's right column shows.
 */
export interface ShopperFact {
  addresses: AddressFact[];
  answers: AnsweredFact[];
  blocked: BlockedFact | null;
  earlier: number;
  identity: IdentityFact;
  language: string;
  lost: boolean;
  name: string;
  page_title: string | null;
  page_url: string | null;
  preference: ("chat" | "sms" | "email" | "whatsapp" | "push" | "app")[];
  presence: "reading" | "on_page" | "hidden" | "gone";
  shopper_id: string;
  since: number;
  verified: boolean;
  zone: string;
}
/**
 * An address as its owner (masked) or an agent (whole) may see it.
 */
export interface AddressFact {
  address_id: string;
  channel: "sms" | "email" | "whatsapp" | "push" | "app";
  code_sent: boolean;
  consented: boolean;
  consented_at: number | null;
  failed: string | null;
  failed_at: number | null;
  proven: boolean;
  proven_at: number | null;
  sentence: string | null;
  stopped: boolean;
  value: string;
}
/**
 * What a shopper answered to a question of the store's; None: they would rather not say.
 */
export interface AnsweredFact {
  asked: string;
  at: number;
  value: string | null;
}
/**
 * Since when a shopper is blocked, by which agent, and what that agent said of it.
 */
export interface BlockedFact {
  because: string;
  by: string;
  since: number;
}
/**
 * Who a shopper is by the store's signature, and what its pages say without one.
 */
export interface IdentityFact {
  attributes: TraitFact[];
  claims: TraitFact[];
  signed_at: number | null;
  sub: string | null;
  tracked: TrackedFact[];
  vouched: string[];
}
/**
 * Something that was said of a shopper and is not proven; ``value`` in words.
 */
export interface TraitFact {
  at: number;
  name: string;
  value: string;
}
/**
 * Something that the store's page saw a shopper do.
 */
export interface TrackedFact {
  at: number;
  data: {
    [k: string]: string;
  };
  name: string;
}
/**
 * The stored decision that is in force for one side of an opened conversation.
 */
export interface Reach {
  conversation_id: string;
  decision_id: string | null;
  due_at: number | null;
  sentence: string;
  side: "shopper" | "staff";
  state: "waiting" | "unreachable" | "carried" | "settled";
  t: "reach";
}
/**
 * The line over the composer: where the next answer would go, when, and why.
 *
 * ``steps`` are what happens in turn while nobody does anything; ``ways`` are all addresses with
 * what ``plan`` thinks of them for that answer.
 */
export interface Route {
  at: number | null;
  channel: ("chat" | "sms" | "email" | "whatsapp" | "push" | "app") | null;
  conversation_id: string;
  presence: "reading" | "on_page" | "hidden" | "gone";
  sentence: string;
  steps: Step[];
  t: "route";
  ways: Way[];
}
/**
 * One step of the forecast for an answer that nobody reads.
 */
export interface Step {
  at: number;
  channel: "chat" | "sms" | "email" | "whatsapp" | "push" | "app";
  form: "words" | "knock";
  sentence: string;
  to: string;
}
/**
 * One address, and what the decision thinks of it; ``until`` when time alone opens it.
 */
export interface Way {
  address_id: string;
  channel: "chat" | "sms" | "email" | "whatsapp" | "push" | "app";
  sentence: string;
  to: string;
  until: number | null;
  verdict: string;
}
/**
 * What this agent has begun to write, said on opening and when another device kept it.
 *
 * ``elsewhere``: another device of theirs has just changed it.
 */
export interface Drafted {
  at: number;
  body: string;
  conversation_id: string;
  elsewhere: boolean;
  kind: "answer" | "note";
  t: "draft";
}
/**
 * A colleague named this agent in a note, or their message for later was ``held``.
 */
export interface Mentioned {
  about: "note" | "held";
  at: number;
  by: string;
  conversation_id: string;
  number: number;
  seq: number;
  store_id: string;
  t: "mentioned";
}
/**
 * All messages for later of an opened conversation, after any change.
 */
export interface Scheduled {
  conversation_id: string;
  messages: Later[];
  t: "scheduled";
}
/**
 * A message that is to be sent at ``due_at``, or was ``held`` because of somebody.
 *
 * Its author had seen up to ``seen_seq``. ``because``: ``shopper`` or ``colleague`` wrote after
 * its author had looked, ``refused`` in any other case, told in ``why``.
 */
export interface Later {
  agent: string;
  agent_id: string;
  because: string;
  body: string;
  due_at: number;
  files: number;
  resolves: boolean;
  scheduled_id: string;
  seen_seq: number;
  state: "waiting" | "held";
  why: string;
}
/**
 * Agents came, went or changed their duty.
 */
export interface Colleagues {
  colleagues: Colleague[];
  t: "colleagues";
}
/**
 * The agents whose console shows an opened conversation, you among them, after any change.
 *
 * A console shows it while it is open there and the tab is in sight.
 */
export interface Looking {
  agent_ids: string[];
  conversation_id: string;
  t: "looking";
}
/**
 * What an owner has to mend, after any change; it replaces what the client holds.
 */
export interface Alerts {
  alerts: Alert[];
  t: "alerts";
}
/**
 * A channel of a store carries nothing, or less, until somebody changes something.
 *
 * ``about`` is the country or the sender that it is true of, empty: of all.
 */
export interface Alert {
  about: string;
  channel: "chat" | "sms" | "email" | "whatsapp" | "push" | "app";
  code: string;
  count: number;
  last: number;
  since: number;
  store_id: string;
  words: string;
}
/**
 * Answer with ``pong`` and the same ``n``; ``at`` is what the gateway's clock says.
 */
export interface Ping {
  at: number;
  n: number;
  t: "ping";
}
/**
 * This node is going away: reconnect after about so long, with jitter.
 */
export interface Drain {
  after_ms: number;
  t: "drain";
}
/**
 * First frame: the one-time ticket.
 */
export interface AgentHello {
  t: "hello";
  ticket: string;
}
/**
 * The application-level answer to ``ping``; without it a socket counts as half-open.
 */
export interface Pong {
  n: number;
  t: "pong";
}
/**
 * Subscribe to a view and load a page of it; ``after`` is the last page's, to page on.
 */
export interface AskInbox {
  after: string | null;
  assignee_id: string | null;
  channel: ("chat" | "sms" | "email" | "whatsapp" | "push" | "app") | null;
  label_id: string | null;
  store_id: string | null;
  t: "inbox";
  view: "open" | "mine" | "unassigned" | "mentions" | "snoozed" | "unreachable" | "resolved" | "blocked";
}
/**
 * How many does each view have?
 */
export interface AskCounts {
  t: "counts";
}
/**
 * Do the same with each of these; what cannot be done with one is done with the others.
 *
 * ``ref`` comes back with the answer.
 */
export interface Bulk {
  act: BulkAct;
  /**
   * @minItems 1
   * @maxItems 500
   */
  on: Which[];
  ref: string;
  t: "bulk";
}
/**
 * What is done with each of a selection.
 *
 * ``assign`` names ``agent_id`` (None: nobody), ``label`` what to ``add`` and to ``remove`` (label
 * ids), ``snooze`` names ``until`` (None: wake it).
 */
export interface BulkAct {
  /**
   * @maxItems 20
   */
  add: string[];
  agent_id: string | null;
  kind: "assign" | "label" | "snooze" | "resolve" | "reopen";
  /**
   * @maxItems 20
   */
  remove: string[];
  until: number | null;
}
/**
 * A conversation by its names.
 */
export interface Which {
  conversation_id: string;
  store_id: string;
}
/**
 * Follow a conversation: snapshot or resume, then live.
 */
export interface Open {
  conversation_id: string;
  resume: Cursor | null;
  store_id: string;
  t: "open";
}
/**
 * The last entry that a client holds; a mismatch of any of the three gets a snapshot.
 */
export interface Cursor {
  entry_id: string;
  epoch: number;
  seq: number;
}
/**
 * Stop following a conversation.
 */
export interface Close {
  conversation_id: string;
  store_id: string;
  t: "close";
}
/**
 * What this tab is: panel open, tab visible, window focused, and the page it is on.
 *
 * A console is a tab whose panel is always open and which names no page.
 */
export interface Tab {
  focus: boolean;
  panel: boolean;
  t: "tab";
  title: string | null;
  url: string | null;
  visible: boolean;
}
/**
 * A message or a note; ``seen_seq`` is the last seq that the agent had on screen.
 *
 * When somebody wrote after that, the answer is refused as ``stale`` and kept by the client;
 * ``anyway`` sends it all the same. ``wish`` is for this message alone, ``resolve`` ends the
 * conversation with it, ``snooze_until`` lays it aside with it. ``mentions`` are the agents whom a
 * note names as ``@`` and their name.
 */
export interface AgentSay {
  anyway: boolean;
  /**
   * @maxItems 10
   */
  attachments: string[];
  body: string;
  cmid: string;
  conversation_id: string;
  /**
   * @maxItems 20
   */
  mentions: string[];
  note: boolean;
  resolve: boolean;
  seen_seq: number;
  snooze_until: number | null;
  store_id: string;
  t: "send";
  wish: Wish | null;
}
/**
 * How an agent wants messages brought: now by an address, in the chat only, or not before.
 *
 * ``now`` names ``address_id``, ``not_before`` names ``until``; consent is obeyed all the same.
 * ``as_usual`` takes an earlier wish back. ``resend`` names a delivery of unknown outcome: what it
 * carried goes once more by the same address, at the risk that it arrives twice. With a
 * ``delivery_id``, ``now`` is for what that delivery carried, and its outcome is not waited for.
 */
export interface Wish {
  address_id: string | null;
  delivery_id: string | null;
  kind: "now" | "resend" | "chat_only" | "not_before" | "as_usual";
  until: number | null;
}
/**
 * What this agent has begun to write; an empty ``body``: nothing any more.
 */
export interface KeepDraft {
  body: string;
  conversation_id: string;
  kind: "answer" | "note";
  store_id: string;
  t: "draft";
}
/**
 * Other words for an own message that has not left yet, or for an own note.
 *
 * It has left when the shopper has seen it, or when it was handed over elsewhere.
 */
export interface Edit {
  body: string;
  conversation_id: string;
  seq: number;
  store_id: string;
  t: "edit";
}
/**
 * An own message that has not left yet, or an own note, is taken back: its words are gone.
 */
export interface TakeBack {
  conversation_id: string;
  seq: number;
  store_id: string;
  t: "take_back";
}
/**
 * A wish for everything that the shopper has not seen yet; it is an entry of the log.
 */
export interface Override {
  conversation_id: string;
  store_id: string;
  t: "override";
  wish: Wish;
}
/**
 * The console showed everything up to ``seq``.
 */
export interface AgentSeen {
  conversation_id: string;
  seq: number;
  store_id: string;
  t: "seen";
}
/**
 * The agent is typing an answer, or stopped.
 */
export interface AgentTyping {
  conversation_id: string;
  on: boolean;
  store_id: string;
  t: "typing";
}
/**
 * Ask for entries before ``before``.
 */
export interface AgentEarlier {
  before: number;
  conversation_id: string;
  limit: number;
  store_id: string;
  t: "earlier";
}
/**
 * What the agent picks: for good, or ``until`` an instant; ``schedule`` goes by their hours.
 */
export interface Duty {
  duty: "online" | "away" | "do_not_disturb" | "schedule";
  t: "duty";
  until: number | null;
}
/**
 * Give a conversation to an agent, or to nobody.
 */
export interface Assign {
  agent_id: string | null;
  conversation_id: string;
  store_id: string;
  t: "assign";
}
/**
 * Give a conversation to a colleague together with a note on what is to be done.
 *
 * ``cmid`` is the note's and makes a repeat harmless.
 */
export interface HandOver {
  agent_id: string;
  cmid: string;
  conversation_id: string;
  note: string;
  store_id: string;
  t: "hand_over";
}
/**
 * The conversation is done; this answers what was unanswered.
 */
export interface Resolve {
  conversation_id: string;
  store_id: string;
  t: "resolve";
}
/**
 * The conversation is not done after all.
 */
export interface Reopen {
  conversation_id: string;
  store_id: string;
  t: "reopen";
}
/**
 * The answer to a shopper's ``hello``; a ``snapshot`` follows when there is a conversation.
 */
export interface Welcome {
  addresses: AddressFact[];
  conversation_id: string | null;
  epoch: number;
  expected: Expected;
  heartbeat_ms: number;
  language: string;
  preference: ("chat" | "sms" | "email" | "whatsapp" | "push" | "app")[];
  push: PushOffer | null;
  sentences: Sentence[];
  shopper_id: string;
  staff: Colleague[];
  store_name: string;
  t: "welcome";
}
/**
 * When a shopper may honestly expect an answer.
 *
 * ``back_at``: nobody is there, and the store opens then. ``usual_ms``: what half of the first
 * answers of the last weeks took; None while there are too few to tell.
 */
export interface Expected {
  back_at: number | null;
  usual_ms: number | null;
}
/**
 * What a browser needs to let this store notify it; consent is to ``words``, by ``sentence``.
 *
 * ``key`` is the store's public key for it (RFC 8292), 65 bytes as base64url without padding: the
 * ``applicationServerKey``.
 */
export interface PushOffer {
  key: string;
  sentence: string;
  words: string;
}
/**
 * A consent sentence to show before an address is left; its id goes back as evidence.
 *
 * ``prefixes`` are what a number of its countries begins with after the ``+``; none: it is for any
 * other. Show the one whose prefix is the longest that fits; until a number begins with ``+``,
 * and for what is no number, the one that is at ``home``.
 */
export interface Sentence {
  channel: "sms" | "email" | "whatsapp";
  home: boolean;
  id: string;
  prefixes: string[];
  text: string;
}
/**
 * Who is on; empty: nobody is there now.
 */
export interface Staff {
  expected: Expected;
  staff: Colleague[];
  t: "staff";
}
/**
 * The shopper's own addresses, masked, and where they like to be answered, after a change.
 */
export interface Addresses {
  addresses: AddressFact[];
  preference: ("chat" | "sms" | "email" | "whatsapp" | "push" | "app")[];
  t: "addresses";
}
/**
 * What the store's forms want of this shopper now; it replaces what the client holds.
 *
 * ``before``: ask the questions before the first message. ``offline``: while the store is shut,
 * ask for a way to answer along with that message. ``words`` are those of the forms, in the
 * shopper's language.
 */
export interface Forms {
  before: boolean;
  offline: boolean;
  questions: Question[];
  rating: RatingAsked | null;
  t: "forms";
  transcript: TranscriptFact | null;
  words: {
    [k: string]: string;
  };
}
/**
 * Something that the store asks; an ``email`` or ``phone`` is answered by leaving an address.
 *
 * ``choices`` are what to pick from, none for the other kinds.
 */
export interface Question {
  ask: string;
  choices: string[];
  id: string;
  kind: "text" | "choice" | "email" | "phone";
  needed: boolean;
}
/**
 * How did it go? ``seq`` names the entry that resolved the conversation.
 *
 * ``score``, of ``steps``, and ``said`` are what was answered already; it may still be changed.
 */
export interface RatingAsked {
  comment: boolean;
  said: string;
  score: number | null;
  seq: number;
  steps: number;
}
/**
 * The conversation can be sent by mail to this address, masked; None: leave one first.
 *
 * ``sent_at``: it was asked for then. Until the address is ``proven``, a code comes first.
 */
export interface TranscriptFact {
  address_id: string | null;
  proven: boolean;
  sent_at: number | null;
  to: string;
}
/**
 * Make the sound for the answer at ``seq``: of all who asked, this tab and no other.
 */
export interface Ring {
  seq: number;
  t: "ring";
}
/**
 * First frame: the one-time ticket, where to resume, and the browser's time zone (IANA).
 */
export interface Hello {
  resume: Cursor | null;
  t: "hello";
  ticket: string;
  zone: string | null;
}
/**
 * A message; ``cmid`` is made by the client and makes a repeat harmless.
 */
export interface Say {
  /**
   * @maxItems 10
   */
  attachments: string[];
  body: string;
  cmid: string;
  t: "send";
}
/**
 * This tab showed everything up to ``seq`` to a person.
 */
export interface SeenTo {
  seq: number;
  t: "seen";
}
/**
 * Somebody at this tab is typing, or stopped.
 */
export interface Typing {
  on: boolean;
  t: "typing";
}
/**
 * The page is going away (sent in ``pagehide``).
 */
export interface Bye {
  t: "bye";
}
/**
 * An answer up to ``seq`` came here that nobody has seen: may this tab make a sound for it?
 */
export interface AskToRing {
  seq: number;
  t: "ring";
}
/**
 * Ask for entries before ``before``; of a conversation that went on in this one, by its id.
 */
export interface Earlier {
  before: number;
  conversation_id: string | null;
  limit: number;
  t: "earlier";
}
/**
 * The shopper types an address and agrees to the sentence shown.
 */
export interface LeaveAddress {
  channel: "sms" | "email" | "whatsapp";
  sentence_id: string;
  t: "leave_address";
  value: string;
}
/**
 * The code that came to the address.
 */
export interface GiveCode {
  address_id: string;
  code: string;
  t: "give_code";
}
/**
 * This browser may be notified: its subscription (RFC 8030) and the sentence agreed to.
 *
 * ``p256dh`` (65 bytes) and ``auth`` (16) are its keys as base64url without padding (RFC 8291).
 * Saying it again changes nothing. ``key`` is the ``applicationServerKey`` that the subscription
 * was made with, None for the one in ``welcome``; ``replaces`` is the endpoint that this browser
 * had before, when it tells.
 */
export interface Subscribe {
  auth: string;
  endpoint: string;
  key: string | null;
  p256dh: string;
  replaces: string | null;
  sentence_id: string;
  t: "subscribe";
}
/**
 * This browser is to be notified no more.
 */
export interface Unsubscribe {
  endpoint: string;
  t: "unsubscribe";
}
/**
 * Where the shopper likes to be answered, best first; ``chat`` ends it: nowhere else.
 */
export interface Prefer {
  /**
   * @maxItems 6
   */
  channels: ("chat" | "sms" | "email" | "whatsapp" | "push" | "app")[];
  t: "prefer";
}
/**
 * Tell me the store's forms as they are now; ``forms`` comes, unless the store has none.
 */
export interface AskForms {
  t: "ask_forms";
}
/**
 * The answer to a question; null: rather not.
 */
export interface Answer {
  question: string;
  t: "answer";
  value: string | null;
}
/**
 * How it went until the entry ``seq`` resolved it; without a ``score``: rather not say.
 */
export interface Rate {
  comment: string;
  score: number | null;
  seq: number;
  t: "rate";
}
/**
 * Send the conversation by mail to this address of mine.
 */
export interface AskTranscript {
  address_id: string;
  t: "transcript";
}
