/** The files that go with the next message, above the words: how far they are, and a way back. */

import { Icon } from "../icons";
import { FileRow } from "../thread/attachments";
import { say } from "../words";
import type { Upload } from "./uploads";

interface EnclosedProps {
  uploads: readonly Upload[];
  onRemove(key: number): void;
  onAgain(key: number): void;
}

export function Enclosed({ uploads, onRemove, onAgain }: EnclosedProps) {
  if (uploads.length === 0) return null;
  return (
    <ul class="enclosed" aria-label={say("files.enclosed")}>
      {uploads.map((upload) => (
        <li key={upload.key} class={upload.refused === null ? "" : "refused"}>
          {upload.preview && <img class="enclosed-preview" src={upload.preview} alt="" />}
          <div class="file">
            <FileRow name={upload.file.name} size={upload.file.size} />
          </div>
          {upload.refused === null ? (
            upload.here === null && (
              <progress
                class="enclosed-part"
                max={1}
                value={upload.part}
                aria-label={say("files.sending", { name: upload.file.name })}
              />
            )
          ) : (
            <p class="enclosed-why" role="alert">
              {upload.refused}{" "}
              <button type="button" class="plain small" onClick={() => onAgain(upload.key)}>
                {say("files.again")}
              </button>
            </p>
          )}
          <button
            type="button"
            class="plain enclosed-remove"
            aria-label={say("files.remove", { name: upload.file.name })}
            title={say("files.remove", { name: upload.file.name })}
            onClick={() => onRemove(upload.key)}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}
