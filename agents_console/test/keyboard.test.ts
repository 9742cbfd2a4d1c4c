import { describe, expect, test } from "vitest";
import { command, KEYS, type Press, sends } from "../src/keyboard";

function press(key: string, over: Partial<Press> = {}): Press {
  const nothing = { ctrl: false, meta: false, alt: false };
  return { key, ...nothing, writing: false, control: false, dialog: false, ...over };
}

describe("keys at the desk", () => {
  test.each([
    ["j", "next"],
    ["k", "previous"],
    ["Enter", "open"],
    ["r", "answer"],
    ["n", "note"],
    ["h", "how"],
    ["e", "resolve"],
    ["z", "undo"],
    ["a", "assign"],
    ["/", "find"],
    ["?", "help"],
    ["Escape", "leave"],
  ])("%s means %s", (key, meant) => {
    expect(command(press(key))).toBe(meant);
  });

  test("while Ada writes, letters are letters, and Escape leaves the field", () => {
    for (const key of ["j", "e", "a", "?", "Enter"]) {
      expect(command(press(key, { writing: true }))).toBeNull();
    }
    expect(command(press("Escape", { writing: true }))).toBe("leave");
  });

  test("the browser's own combinations stay the browser's", () => {
    expect(command(press("r", { ctrl: true }))).toBeNull();
    expect(command(press("a", { meta: true }))).toBeNull();
    expect(command(press("e", { alt: true }))).toBeNull();
  });

  test("Enter on a button presses the button", () => {
    expect(command(press("Enter", { control: true }))).toBeNull();
    expect(command(press("j", { control: true }))).toBe("next");
  });

  test("an open dialog has the keyboard to itself", () => {
    expect(command(press("e", { dialog: true }))).toBeNull();
    expect(command(press("Escape", { dialog: true }))).toBeNull();
  });

  test("the help lists every key that does something", () => {
    const listed = new Set(KEYS.flatMap(({ keys }) => keys));
    for (const key of ["j", "k", "Enter", "r", "n", "h", "e", "a", "z", "/", "?", "Esc"]) {
      expect(listed).toContain(key);
    }
  });
});

describe("Enter in the composer", () => {
  const enter = { key: "Enter", shiftKey: false, altKey: false, isComposing: false };

  test("sends, alone or with Ctrl", () => {
    expect(sends(enter)).toBe(true);
  });

  test("does not with Shift, nor while a word is being composed", () => {
    expect(sends({ ...enter, shiftKey: true })).toBe(false);
    expect(sends({ ...enter, isComposing: true })).toBe(false);
    expect(sends({ ...enter, key: "a" })).toBe(false);
  });
});
