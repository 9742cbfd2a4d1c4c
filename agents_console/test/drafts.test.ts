import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Drafted } from "../../widget/link/protocol.gen";
import { CALM_MS, createDraftSync, LONGEST_MS } from "../src/composer/draft-sync";
import { createDrafts, type Kind, type Shelf } from "../src/composer/drafts";

class Memory implements Shelf {
  readonly held = new Map<string, string>();
  getItem = (key: string) => this.held.get(key) ?? null;
  setItem = (key: string, value: string) => void this.held.set(key, value);
  removeItem = (key: string) => void this.held.delete(key);
}

function desk(shelf: Shelf | null = new Memory(), opened = true) {
  const drafts = createDrafts(shelf, "ada");
  const said: [string, Kind, string][] = [];
  const line = { up: true };
  const sync = createDraftSync(drafts, (...words) => {
    if (line.up) said.push(words);
    return line.up;
  });
  const write = (text: string, note = false) => drafts.set("c1", { text, note });
  const hear = (body: string, elsewhere = true, kind: Kind = "answer") =>
    sync.hear({ t: "draft", conversation_id: "c1", kind, body, at: 0, elsewhere } as Drafted);
  if (opened) hear("", false);
  return { drafts, sync, said, line, write, hear };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what Ada has begun", () => {
  test("an answer and a note are kept apart, and come back after a reload", () => {
    const shelf = new Memory();
    const { drafts, write } = desk(shelf);
    write("Yes, in 38");
    drafts.turn("c1");
    drafts.turn("c1");
    write("Yes, in 38");
    drafts.put("c1", "note", "ask the warehouse");
    drafts.turn("c1");
    expect(drafts.get("c1")).toEqual({ text: "ask the warehouse", note: true, wish: null });
    const after = createDrafts(shelf, "ada");
    expect(after.words("c1", "answer")).toBe("Yes, in 38");
    expect(after.get("c1").text).toBe("ask the warehouse");
    expect(createDrafts(shelf, "ben").get("c1").text).toBe("");
  });

  test("words that were begun as an answer become the note when there is none", () => {
    const { drafts, write } = desk();
    write("she is angry");
    drafts.turn("c1");
    expect(drafts.get("c1")).toMatchObject({ text: "she is angry", note: true });
    expect(drafts.words("c1", "answer")).toBe("");
    drafts.turn("c1");
    expect(drafts.get("c1")).toMatchObject({ text: "she is angry", note: false });
  });

  test("storage that is forbidden, or holds something else, costs nothing", () => {
    const { drafts, write } = desk(null);
    write("Yes");
    expect(drafts.get("c1").text).toBe("Yes");
    const shelf = new Memory();
    shelf.setItem("onethread.drafts.ada", '[["c1",{"text":"old"}],7]');
    expect(createDrafts(shelf, "ada").get("c1").text).toBe("");
  });
});

describe("keeping it at the gateway", () => {
  test("is not done per key, but once the hand rests", () => {
    const { said, write } = desk();
    for (const text of ["Y", "Ye", "Yes"]) {
      write(text);
      vi.advanceTimersByTime(CALM_MS - 1);
    }
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said).toEqual([["c1", "answer", "Yes"]]);
    vi.advanceTimersByTime(LONGEST_MS);
    expect(said).toHaveLength(1);
  });

  test("whoever never rests is heard all the same", () => {
    const { said, write } = desk();
    for (let n = 1; n <= 20; n += 1) {
      write("x".repeat(n));
      vi.advanceTimersByTime(500);
    }
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThan(4);
  });

  test("what could not be said is said on the next connection", () => {
    const { said, line, sync, write, hear } = desk();
    line.up = false;
    sync.lost();
    write("Yes");
    vi.advanceTimersByTime(LONGEST_MS);
    line.up = true;
    hear("", false);
    vi.advanceTimersByTime(CALM_MS);
    expect(said).toEqual([["c1", "answer", "Yes"]]);
    sync.flush();
    expect(said).toHaveLength(1);
  });

  test("what another device wrote meanwhile is not written over before it was heard", () => {
    const { said, line, sync, write, hear } = desk();
    write("Yes");
    vi.advanceTimersByTime(CALM_MS);
    line.up = false;
    sync.lost();
    write("Yes, I think");
    vi.advanceTimersByTime(LONGEST_MS);
    line.up = true;
    sync.flush();
    expect(said).toEqual([["c1", "answer", "Yes"]]);
    hear("Yes, in 38", false);
    expect(sync.elsewhere.value.get("c1")).toMatchObject({ words: "Yes, in 38", kept: true });
    vi.advanceTimersByTime(CALM_MS);
    expect(said.at(-1)).toEqual(["c1", "answer", "Yes, I think"]);
  });

  test("what the gateway has of this tab itself is no other device's", () => {
    const { sync, write, hear } = desk();
    write("Yes");
    vi.advanceTimersByTime(CALM_MS);
    write("Yes, in 38");
    hear("Yes", false);
    expect(sync.elsewhere.value.size).toBe(0);
  });

  test("what another device wrote stands here, and one's own can be had back", () => {
    const { drafts, said, sync, write, hear } = desk();
    write("Yes");
    vi.advanceTimersByTime(CALM_MS);
    hear("Yes, in 38");
    expect(drafts.get("c1").text).toBe("Yes, in 38");
    expect(sync.elsewhere.value.get("c1")).toMatchObject({ words: "Yes", kept: false });
    // What the gateway said is not said to it.
    vi.advanceTimersByTime(LONGEST_MS);
    expect(said).toHaveLength(1);
    sync.swap("c1");
    expect(drafts.get("c1").text).toBe("Yes");
    vi.advanceTimersByTime(CALM_MS);
    expect(said.at(-1)).toEqual(["c1", "answer", "Yes"]);
  });

  test("who is just writing keeps their words, is told, and has the last word", () => {
    const { drafts, said, sync, write, hear } = desk();
    write("Mine");
    hear("Theirs");
    expect(drafts.get("c1").text).toBe("Mine");
    expect(sync.elsewhere.value.get("c1")).toMatchObject({ words: "Theirs", kept: true });
    vi.advanceTimersByTime(CALM_MS);
    expect(said).toEqual([["c1", "answer", "Mine"]]);
    sync.dismiss("c1");
    expect(sync.elsewhere.value.size).toBe(0);
  });

  test("what was sent on another device is gone here, but not what was begun since", () => {
    const { drafts, write, hear } = desk();
    write("Yes");
    vi.advanceTimersByTime(CALM_MS);
    hear("");
    expect(drafts.get("c1").text).toBe("");
    write("And");
    hear("");
    expect(drafts.get("c1").text).toBe("And");
  });

  test("a tab that comes back with older words shows the newer, and offers its own", () => {
    const shelf = new Memory();
    desk(shelf).write("Yes");
    const { drafts, said, sync, hear } = desk(shelf, false);
    sync.flush();
    expect(said).toEqual([]);
    hear("Yes, in 38", false);
    expect(drafts.get("c1").text).toBe("Yes, in 38");
    expect(sync.elsewhere.value.get("c1")).toMatchObject({ words: "Yes", kept: false });
  });

  test("a tab that comes back with words that the gateway never heard of says them", () => {
    const shelf = new Memory();
    desk(shelf).write("Yes");
    const { drafts, said, hear } = desk(shelf, false);
    hear("", false);
    expect(drafts.get("c1").text).toBe("Yes");
    vi.advanceTimersByTime(CALM_MS);
    expect(said).toEqual([["c1", "answer", "Yes"]]);
  });
});
