/** How large a file is, as people say it: "340 kB". */
export function sizeOf(bytes: number, language: string): string {
  const large = bytes >= 1_000_000;
  // Never nothing: there is a file.
  const value = Math.max(0.1, bytes / (large ? 1_000_000 : 1_000));
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: large ? "megabyte" : "kilobyte",
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
