import { describe, expect, test } from "vitest";
import { same } from "../src/mail/room";
import { sealed } from "../src/mail/seal";
import { fromHash, toHash } from "../src/place";

const PAGE =
  '<!doctype html><html><head><meta name="color-scheme" content="light dark">' +
  "<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){.a{color:red}}</style>" +
  "</head><body></body></html>";

describe("a mail that is only looked at", () => {
  test("can load nothing, and without pictures not even those that it brings", () => {
    expect(sealed(PAGE, "light", true)).toContain("default-src 'none'");
    expect(sealed(PAGE, "light", true)).toContain("img-src data:");
    expect(sealed(PAGE, "light", false)).toContain("img-src 'none'");
  });

  test("is shown in the colours that were asked for, whatever the screen's are", () => {
    const [light, dark] = [sealed(PAGE, "light", true), sealed(PAGE, "dark", true)];
    expect(dark).toContain("@media all{");
    expect(light).toContain("@media not all{");
    expect(dark).toContain("color-scheme:dark}");
    expect(light).not.toContain("light dark");
  });
});

describe("the shop's own words", () => {
  test("are the same when they differ by white space and by languages without any", () => {
    expect(same({ en: { greeting: "Hi " } }, { en: { greeting: "Hi" }, de: {} })).toBe(true);
    expect(same({ en: { greeting: "Hi", footer: " " } }, { en: { greeting: "Hi" } })).toBe(true);
  });

  test("differ by part and by language", () => {
    expect(same({ en: { greeting: "Hi" } }, { de: { greeting: "Hi" } })).toBe(false);
    expect(same({ en: { greeting: "Hi" } }, { en: { footer: "Hi" } })).toBe(false);
  });
});

test("the address bar leads to a store's mails and back", () => {
  expect(toHash(fromHash("#/mail/acme"))).toBe("#/mail/acme");
  expect(fromHash("#/mail/<script>").mail).toBe("");
  expect(fromHash("#/mail").policy).toBeUndefined();
});
