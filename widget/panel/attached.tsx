/** What is shown of a file besides its name. */

import { Icon } from "./icons";

export const FileIcon = () => <Icon d="M5.5 2.5h6l3 3v12h-9Zm6 0v3h3" />;

/** "340 kB" */
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
