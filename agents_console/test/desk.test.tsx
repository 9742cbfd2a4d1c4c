import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  AGENT,
  answers,
  atVeras,
  begin,
  find,
  home,
  press,
  settle,
  signedIn,
  snapshot,
  Wire,
  welcome,
  write,
} from "./house";
import { Pen } from "./scene";
import { pressedTwice } from "./twice";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
  sessionStorage.clear();
  location.hash = "";
  document.body.append(home);
});

afterEach(async () => {
  await act(() => render(null, home));
  home.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("signing in", () => {
  test("Ada mistypes her password, reads what to do, and gets in with the right one", async () => {
    answers.set("/api/me", [401, { code: "not_signed_in", message: "" }]);
    answers.set("/api/login", [401, { code: "not_signed_in", message: "" }]);
    await begin();
    find<HTMLInputElement>("input[type=email]").value = "ada@acme.example";
    find<HTMLInputElement>("input[type=password]").value = "wrong";
    await press("button[type=submit]", "Sign in");
    expect(find("[role=alert]").textContent).toContain("do not belong together");
    answers.set("/api/login", [200, { agent: AGENT, csrf: "token" }]);
    await pressedTwice("/api/login", "button[type=submit]", "Sign in");
    expect(find("nav").textContent).toContain("Unassigned");
  });

  test("a session that has ended leads back to the sign-in page and keeps the draft", async () => {
    const pen = new Pen();
    pen.vera("Hi");
    const wire = await atVeras(pen);
    await write("Unsent words");
    answers.set("/api/ticket", [401, { code: "not_signed_in", message: "" }]);
    await act(() => wire.onclose?.());
    await settle(20_000);
    expect(document.body.textContent).toContain("Your session has ended");
    expect(sessionStorage.getItem("onethread.drafts.ada")).toContain("Unsent words");
  });
});

describe("at the desk", () => {
  test("the inbox is asked for at once, and the address leads to Vera's conversation", async () => {
    const pen = new Pen();
    pen.vera("Is the blue one back?");
    const wire = await atVeras(pen);
    expect(wire.last("inbox")).toMatchObject({ view: "open", after: null });
    expect(wire.last("open")).toMatchObject({ conversation_id: "c1", resume: null });
    expect(find("a.row", "Vera Larsen").getAttribute("href")).toBe("#/open/acme/c1");
    expect(find("[role=log]").textContent).toContain("Is the blue one back?");
  });

  test("an answer stands in the thread at once, and once only when its entry arrives", async () => {
    const pen = new Pen();
    pen.vera("Hi");
    const wire = await atVeras(pen);
    await write("Hello Vera");
    const { cmid, note } = wire.last("send");
    expect(note).toBe(false);
    expect(find(".letter").textContent).toContain("Sending…");
    const entry = pen.ada("Hello Vera", { cmid });
    await wire.tell(
      {
        t: "ack",
        cmid,
        conversation_id: "c1",
        entry_id: entry.id,
        seq: 2,
        at: Date.now(),
        dup: false,
      },
      { t: "entry", conversation_id: "c1", entry },
    );
    expect(document.querySelectorAll(".letter")).toHaveLength(0);
    expect(find("[role=log]").textContent?.split("Hello Vera")).toHaveLength(2);
    expect(find(".mark-below").textContent).toBe("Sent");
    await wire.tell({ t: "seen", conversation_id: "c1", side: "shopper", seq: 2 });
    expect(find(".mark-below").textContent).toBe("Seen");
  });

  test("another refusal can be tried again under the same cmid", async () => {
    const pen = new Pen();
    pen.vera("Hi");
    const wire = await atVeras(pen);
    await write("Hello Vera");
    const { cmid } = wire.last("send");
    await wire.tell({
      t: "error",
      code: "storage_refused",
      message: "",
      about: "send",
      cmid,
      why: null,
    });
    await press("button", "Try again");
    expect(wire.said.filter((frame) => frame.t === "send")).toHaveLength(2);
    expect(wire.last("send").cmid).toBe(cmid);
  });

  test("after a lost connection the log is resumed and the unsent goes out again", async () => {
    const pen = new Pen();
    pen.vera("Hi");
    const first = await atVeras(pen);
    await write("Hello Vera");
    await act(() => first.onclose?.());
    expect(find("[role=status]", "The connection is lost").textContent).toContain("what you write");
    await settle(20_000);
    const second = Wire.latest;
    expect(second).not.toBe(first);
    second.onopen?.();
    await second.tell(welcome);
    expect(second.last("inbox")).toMatchObject({ view: "open" });
    expect(second.last("open").resume).toEqual({ epoch: 1, seq: 1, entry_id: "e1" });
    expect(second.last("send").cmid).toBe(first.last("send").cmid);
    expect(document.body.textContent).not.toContain("The connection is lost");
  });

  test("a gap in the log is asked for again instead of shown", async () => {
    const pen = new Pen();
    pen.vera("Hi");
    const wire = await atVeras(pen);
    pen.vera("lost on the way");
    const ahead = pen.vera("Hello?");
    await wire.tell({ t: "entry", conversation_id: "c1", entry: ahead });
    expect(wire.last("open").resume).toMatchObject({ seq: 1 });
    expect(find("[role=log]").textContent).not.toContain("Hello?");
    await wire.tell(snapshot(pen.entries.slice(1), true));
    expect(find("[role=log]").textContent).toMatch(/Hi.*lost on the way.*Hello\?/s);
  });

  test("resolving needs no asking, because it can be undone", async () => {
    const pen = new Pen();
    pen.vera("Thanks, bye");
    const wire = await atVeras(pen);
    await press("button", "Resolve");
    expect(wire.last("resolve")).toMatchObject({ conversation_id: "c1" });
    await press("button", "Undo");
    expect(wire.last("reopen")).toMatchObject({ conversation_id: "c1" });
  });

  test("words that Ada changes have the keys before anything is painted: no letter is the desk's", async () => {
    const pen = new Pen();
    pen.vera("Is it back?");
    pen.ada("In 83");
    await atVeras(pen);
    find(".own-acts button", "Edit").click();
    // Drawn, and nothing more: no frame of the screen comes meanwhile.
    await vi.advanceTimersByTimeAsync(0);
    expect(document.activeElement).toBe(find(".own-editor textarea"));
  });

  test("Ada changes what has not left, and takes it back into the box", async () => {
    const pen = new Pen();
    pen.vera("Is it back?");
    const wrong = pen.ada("In 83");
    await atVeras(pen);
    await press(".own-acts button", "Edit");
    const box = find<HTMLTextAreaElement>(".own-editor textarea");
    await act(() => {
      box.value = "In 38";
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await press(".own-editor button", "Save");
    expect(Wire.latest.last("edit")).toMatchObject({ seq: wrong.seq, body: "In 38" });
    const edited = pen.event("edited", { seq: wrong.seq }, { body: "In 38" });
    await Wire.latest.tell({ t: "entry", conversation_id: "c1", entry: edited });
    expect(find(".from-staff .bubble").textContent).toBe("In 38");
    expect(find(".from-staff").textContent).toContain("edited");

    await press(".own-acts button", "Take back");
    expect(Wire.latest.last("take_back")).toMatchObject({ seq: wrong.seq });
    expect(find<HTMLTextAreaElement>("#composer").value).toBe("In 38");
    const gone = pen.event("taken_back", { seq: wrong.seq });
    await Wire.latest.tell({ t: "entry", conversation_id: "c1", entry: gone });
    expect(find(".from-staff").textContent).toContain("Taken back");
    expect(document.querySelector(".own-acts")).toBeNull();
  });

  test("Esc leaves the words as they were, and a late change is refused in plain words", async () => {
    const pen = new Pen();
    pen.ada("In 83");
    await atVeras(pen);
    await press(".own-acts button", "Edit");
    const box = find(".own-editor textarea");
    await act(() => {
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    });
    expect(document.querySelector(".own-editor")).toBeNull();
    expect(Wire.latest.said.some(({ t }) => t === "edit")).toBe(false);
    const late = { code: "conflict", message: "", cmid: null };
    await Wire.latest.tell({ t: "error", about: "edit", why: null, ...late });
    expect(find(".toast").textContent).toContain("Too late");
  });

  test("a note goes to the team, and the next one too until Ada says otherwise", async () => {
    const pen = new Pen();
    pen.vera("Hi");
    const wire = await atVeras(pen);
    await press("button", "Note");
    await write("She is in a hurry");
    expect(wire.last("send").note).toBe(true);
    expect(find("#note-toggle").getAttribute("aria-pressed")).toBe("true");
  });

  test("why it went by SMS is told with each address that was looked at", async () => {
    const pen = new Pen();
    pen.ada("Back in 38");
    pen.delivery("d", "delivered");
    const sms = { channel: "sms", person: "Vera", verdict: "ok", chosen: true };
    const mail = { channel: "email", person: "Vera", verdict: "bounced", chosen: false };
    const decision = {
      at: 0,
      sentence: "It went by SMS because Vera left the page.",
      answer: "send",
      because: ["She left 40 s ago."],
      considered: [
        { ...sms, to: "+47 911 22 333", sentence: "Proven." },
        { ...mail, to: "vera@example.org", sentence: "Came back on 3 May." },
      ],
    };
    answers.set("/api/stores/acme/decisions/d1", [200, decision]);
    await atVeras(pen);
    await press("button", "Why?");
    const words = find("dialog").textContent;
    expect(words).toContain(decision.sentence);
    expect(words).toContain("She left 40 s ago.");
    expect(words).toMatch(/vera@example\.org.*not used.*Came back on 3 May\./s);
  });

  test("an original mail is shown where it can run nothing", async () => {
    const pen = new Pen();
    pen.vera("My order", { channel: "email", original: true });
    const mail = {
      subject: "Order",
      sender: "vera@x",
      to: "help@acme",
      date: "Fri",
      text: "My order",
      has_page: true,
      held_back: 2,
      notes: ["Invitation: Fitting, 2026-05-08"],
      files: [
        { number: 0, name: "a.pdf", content_type: "application/pdf", size: 12_000, inline: false },
      ],
      unreadable: false,
    };
    const path = "/api/stores/acme/conversations/c1/entries/e1/original";
    answers.set(path, [200, mail]);
    await atVeras(pen);
    await press("button", "Show original");
    const frame = find("dialog iframe");
    expect(frame.getAttribute("sandbox")).toBe("allow-popups allow-popups-to-escape-sandbox");
    expect(frame.getAttribute("src")).toBe(`${path}/page`);
    expect(frame.getAttribute("srcdoc")).toBeNull();
    expect(find("dialog").textContent).toMatch(/vera@x.*Invitation: Fitting.*a\.pdf.*12 kB/s);
    expect(find("dialog .original-held").textContent).toContain("2 pictures from elsewhere");
    await press("dialog button", "Show pictures");
    expect(find("dialog iframe").getAttribute("src")).toBe(`${path}/page?pictures=1`);
    expect(find('dialog a[href$="/raw"]').textContent).toContain("Download the raw mail");
    expect(find('dialog a[href$="/files/0"]').getAttribute("download")).toBe("a.pdf");
    await press("dialog button", "Only text");
    expect(find("dialog pre").textContent).toBe("My order");
  });

  test("who cannot be reached is told loudly, where the answer would go before it is sent", async () => {
    const pen = new Pen();
    pen.ada("Could you send a picture?");
    const wire = await atVeras(pen);
    const at = { conversation_id: "c1", due_at: null, decision_id: null };
    await wire.tell(
      { t: "reach", ...at, side: "shopper", state: "unreachable", sentence: "No address works." },
      { t: "reach", ...at, side: "staff", state: "settled", sentence: "Nothing to do." },
      {
        t: "route",
        conversation_id: "c1",
        channel: null,
        at: null,
        presence: "gone",
        sentence: "Vera left, and left no way to be reached.",
        steps: [],
        ways: [],
      },
    );
    expect(find("[role=alert]").textContent).toContain("No address works.");
    expect(find(".route").textContent).toContain("waits in the chat, for they left no other way");
    expect(document.body.textContent).not.toContain("Nothing to do.");
  });

  test("the gateway is told when the console goes out of sight, and on each new socket", async () => {
    const seen = vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
    const focus = vi.spyOn(document, "hasFocus").mockReturnValue(true);
    const wire = await signedIn();
    const tabs = () => wire.said.filter((frame) => frame.t === "tab");
    expect(tabs()).toEqual([
      { t: "tab", panel: true, visible: true, focus: true, url: null, title: null },
    ]);
    // Into a frame of the page: its window still has the focus.
    window.dispatchEvent(new Event("blur"));
    expect(tabs()).toHaveLength(1);
    focus.mockReturnValue(false);
    window.dispatchEvent(new Event("blur"));
    expect(wire.last("tab")).toMatchObject({ visible: true, focus: false });
    seen.mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(wire.last("tab")).toMatchObject({ visible: false, focus: false });
    expect(tabs()).toHaveLength(3);
    await act(() => wire.onclose?.());
    seen.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    await settle(20_000);
    Wire.latest.onopen?.();
    await Wire.latest.tell(welcome);
    expect(tabs()).toHaveLength(3);
    expect(Wire.latest.last("tab")).toMatchObject({ visible: true, focus: false });
    vi.restoreAllMocks();
  });
});

describe("what an owner has to mend", () => {
  const suspended = {
    store_id: "acme",
    channel: "sms" as const,
    code: "30002",
    about: "",
    words: "Our Twilio account is suspended",
    count: 3,
    since: new Date(2026, 4, 12, 10, 41).getTime(),
    last: new Date(2026, 4, 12, 10, 59).getTime(),
  };

  test("is told in words, with the provider's number and since when, and goes when it is over", async () => {
    await signedIn();
    await Wire.latest.tell({ t: "alerts", alerts: [suspended] });
    const line = find(".alerts");
    expect(line.textContent).toContain("SMS is being refused.");
    expect(line.textContent).toContain("Our Twilio account is suspended (30002).");
    expect(line.textContent).toContain("10:41");
    expect(line.textContent).toContain("Refused 3 times.");
    await Wire.latest.tell({ t: "alerts", alerts: [] });
    expect(line.textContent).toBe("");
  });

  test("is forgotten at a welcome, since what is left is told again", async () => {
    await signedIn();
    await Wire.latest.tell({ t: "alerts", alerts: [suspended] });
    await Wire.latest.tell(welcome);
    expect(find(".alerts").textContent).toBe("");
  });
});
