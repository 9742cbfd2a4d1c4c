import { useEffect } from "preact/hooks";
import { sizeOf } from "../link/sizes";
import { FileIcon } from "./attached";
import { usePart, useRoom } from "./context";
import { CloseIcon } from "./icons";
import { type Refusal, refused } from "./refused";
import { sendUp } from "./sending";
import type { Upload } from "./state";

/** The gateway refuses more of either. */
export const MOST_FILES = 10;
export const MOST_BYTES = 25_000_000;

/** The files of the message that is being written: how far they are, and a way to leave them out. */
export function Tray() {
  const house = usePart();
  const { uploads } = useRoom();
  useEffect(() => {
    for (const [n, upload] of uploads.entries()) begin(house, upload, n);
  }, [house, uploads]);
  return (
    <ul class="tray">
      {uploads.map((upload) => (
        <Item key={upload.key} upload={upload} />
      ))}
    </ul>
  );
}

/** Over the panel, while files hang above it. */
export function DropHere() {
  return <p class="drop">{usePart().tongue.words.dropHere}</p>;
}

type House = ReturnType<typeof usePart>;

/** What goes up now, and the way to stop it. */
const going = new Map<number, AbortController>();

function begin(house: House, upload: Upload, nth: number): void {
  const { key, file } = upload;
  if (upload.here || upload.refused || going.has(key)) return;
  const wrong = refusal(house, file, nth);
  if (wrong) {
    change(house, key, { refused: { why: wrong, again: false } });
    return;
  }
  const stop = new AbortController();
  going.set(key, stop);
  sendUp(house, file, (part) => change(house, key, { part }), stop.signal)
    .then(
      (here) => change(house, key, { here, part: 1 }),
      (why: Refusal) => {
        if (stop.signal.aborted) return;
        const large = why.code === "too_large";
        const said = large ? tooLarge(house) : refused(house.tongue.words, why);
        change(house, key, { refused: { why: said || house.tongue.words.notUp, again: !large } });
      },
    )
    .finally(() => going.delete(key));
}

function tooLarge({ tongue }: House): string {
  return tongue.say(tongue.words.tooLarge, { size: sizeOf(MOST_BYTES, tongue.language) });
}

function refusal(house: House, file: File, nth: number): string | null {
  const { words, say } = house.tongue;
  if (nth >= MOST_FILES) return say(words.tooMany, { n: MOST_FILES });
  if (file.size > MOST_BYTES) return tooLarge(house);
  return file.size === 0 ? words.emptyFile : null;
}

function change({ room }: House, key: number, to: Partial<Upload>): void {
  room.carry(room.state.uploads.map((each) => (each.key === key ? { ...each, ...to } : each)));
}

function leaveOut({ room }: House, { key, preview }: Upload): void {
  going.get(key)?.abort();
  if (preview) URL.revokeObjectURL(preview);
  room.carry(room.state.uploads.filter((each) => each.key !== key));
}

function Item({ upload }: { upload: Upload }) {
  const house = usePart();
  const { words, say, language } = house.tongue;
  const { file, preview, part, here, refused } = upload;
  const { name } = file;
  const percent = new Intl.NumberFormat(language, { style: "percent" }).format(part);
  return (
    <li class={refused ? "upload wrong" : "upload"}>
      {preview ? <img src={preview} alt="" /> : <FileIcon />}
      <div class="about">
        <bdi class="name" title={name}>
          {name}
        </bdi>
        {refused ? (
          <p class="problem" role="alert" dir="auto">
            {refused.why}
          </p>
        ) : here ? (
          <small>{sizeOf(file.size, language)}</small>
        ) : (
          <progress value={part} aria-label={say(words.uploading, { name, percent })} />
        )}
        {refused?.again && (
          <button
            type="button"
            class="link"
            aria-label={say(words.againFile, { name })}
            onClick={() => change(house, upload.key, { refused: null, part: 0 })}
          >
            {words.retry}
          </button>
        )}
      </div>
      <button
        type="button"
        class="plain"
        aria-label={say(words.removeFile, { name })}
        title={say(words.removeFile, { name })}
        onClick={() => leaveOut(house, upload)}
      >
        <CloseIcon />
      </button>
    </li>
  );
}
