const NAMES = new Intl.DisplayNames("en", { type: "language" });

/** "German": a language by its tag. */
export function language(tag: string): string {
  try {
    return NAMES.of(tag) ?? tag;
  } catch {
    // No tag that this browser takes for one: as it was told.
    return tag;
  }
}
