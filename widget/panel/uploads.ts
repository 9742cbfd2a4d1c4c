/** Files on their way into a message. */

import type { Attachment } from "../link/protocol.gen";
import type { Upload } from "./state";

let last = 0;

/** What was picked, pasted or dropped, as it stands before anything of it has gone up. */
export function picked(files: Iterable<File>): Upload[] {
  return [...files].map((file) => {
    last += 1;
    const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
    return { key: last, file, preview, part: 0, here: null, refused: null };
  });
}

/** Nothing can be sent while one of them is on its way. */
export function underway(uploads: readonly Upload[]): boolean {
  return uploads.some((each) => !each.here && !each.refused);
}

/** Those that are here go with the message, those that were refused stay to be looked at. */
export function packed(uploads: readonly Upload[]) {
  const files: Attachment[] = [];
  const pictures: Record<string, string> = {};
  for (const { here, preview } of uploads) {
    if (!here) continue;
    files.push(here);
    if (preview) pictures[here.id] = preview;
  }
  return { files, pictures, left: uploads.filter((each) => !each.here) };
}
