/** Every file of a conversation, the newest first: each opens, and leads to where it was sent. */

import { useEffect, useState } from "preact/hooks";
import type { Attachment } from "../../../widget/link/protocol.gen";
import { sizeOf } from "../../../widget/link/sizes";
import { ApiError } from "../api";
import { useRoom } from "../context";
import { plainly } from "../desk/plainly";
import { Dialog } from "../dialog";
import { date, full, now } from "../time";
import { locale, say } from "../words";
import { FileRow, fileAt } from "./attachments";
import { jumpTo } from "./jump";
import type { Thread } from "./thread";
import "../styles/gallery.css";

export interface ShownFile {
  readonly file: Attachment;
  /** The entry that it came with. */
  readonly seq: number;
  readonly at: number;
  readonly side: "shopper" | "staff";
  readonly author: string;
  readonly note: boolean;
}

export interface Gallery {
  readonly files: readonly ShownFile[];
  /** Leads on to older ones; null at the end. */
  readonly before: string | null;
}

export function GalleryDialog({ thread, onClose }: { thread: Thread; onClose(): void }) {
  const { desk } = useRoom();
  const [shown, setShown] = useState<Gallery | null>(null);
  const [wrong, setWrong] = useState("");
  const [asking, setAsking] = useState(true);

  async function ask(before: string | null): Promise<void> {
    setAsking(true);
    setWrong("");
    try {
      const page = await desk.api.ask<Gallery>("GET", galleryAt(thread, before));
      setShown((held) => ({ ...page, files: [...(held?.files ?? []), ...page.files] }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(error.status === 0 ? say("error.unreachable") : plainly(error));
    } finally {
      setAsking(false);
    }
  }
  useEffect(() => {
    void ask(null);
  }, []);

  const show = (seq: number) => {
    onClose();
    // Only once a dialog is gone may anything behind it have the focus.
    setTimeout(() => jumpTo(desk, seq));
  };
  const files = shown?.files ?? [];
  const [pictures, others] = [files.filter(isPicture), files.filter((each) => !isPicture(each))];
  const { storeId } = thread;
  return (
    <Dialog title={say("gallery.title")} shape="drawer" onClose={onClose}>
      <div class="gallery" aria-busy={asking}>
        {pictures.length > 0 && (
          <section aria-label={say("gallery.pictures")}>
            {others.length > 0 && <h3>{say("gallery.pictures")}</h3>}
            <ul class="gallery-pictures">
              {pictures.map((each) => (
                <Picture key={each.file.id} shown={each} storeId={storeId} onShow={show} />
              ))}
            </ul>
          </section>
        )}
        {others.length > 0 && (
          <section aria-label={say("gallery.files")}>
            {pictures.length > 0 && <h3>{say("gallery.files")}</h3>}
            <ul class="gallery-files">
              {others.map((each) => (
                <Other key={each.file.id} shown={each} storeId={storeId} onShow={show} />
              ))}
            </ul>
          </section>
        )}
        {shown && files.length === 0 && <p class="muted">{say("gallery.none")}</p>}
        <p role="alert">{wrong}</p>
        <p class="muted" role="status">
          {asking && say("thread.loading")}
        </p>
        {(wrong || shown?.before) && (
          <button
            type="button"
            class="button"
            aria-disabled={asking}
            onClick={() => {
              if (!asking) void ask(shown?.before ?? null);
            }}
          >
            {say(wrong ? "files.again" : "gallery.more")}
          </button>
        )}
      </div>
    </Dialog>
  );
}

interface ItemProps {
  shown: ShownFile;
  storeId: string;
  onShow(seq: number): void;
}

function Picture({ shown, storeId, onShow }: ItemProps) {
  const { file } = shown;
  const href = fileAt(storeId, file.id);
  return (
    <li>
      <a
        class="picture"
        href={href}
        target="_blank"
        rel="noopener noreferrer"
        title={`${file.name}, ${sizeOf(file.size, locale)}`}
      >
        <img
          src={`${href}?small`}
          alt={say("files.picture", { name: file.name })}
          loading="lazy"
          decoding="async"
        />
      </a>
      <Where shown={shown} onShow={onShow} />
    </li>
  );
}

function Other({ shown, storeId, onShow }: ItemProps) {
  const { file } = shown;
  return (
    <li>
      <a class="file" href={fileAt(storeId, file.id)} download={file.name}>
        <FileRow name={file.name} size={file.size} />
      </a>
      <Where shown={shown} onShow={onShow} />
    </li>
  );
}

/** Who sent it when; pressed, it leads there. */
function Where({ shown, onShow }: Pick<ItemProps, "shown" | "onShow">) {
  const { file, seq, at, side, author, note } = shown;
  const name = author || say(side === "staff" ? "thread.staff" : "thread.shopper");
  const by = say("gallery.by", { name, time: date(at, now.value) });
  return (
    <button
      type="button"
      class="plain small gallery-where"
      title={full(at)}
      aria-label={`${say("gallery.show", { name: file.name })}: ${by}`}
      onClick={() => onShow(seq)}
    >
      <bdi>{by}</bdi>
      {note && <span>{say("gallery.note")}</span>}
    </button>
  );
}

function isPicture({ file }: ShownFile): boolean {
  return file.width !== null && file.height !== null;
}

function galleryAt({ storeId, conversationId }: Thread, before: string | null): string {
  const [store, conversation] = [storeId, conversationId].map(encodeURIComponent);
  const page = before === null ? "" : `?before=${before}`;
  return `/api/stores/${store}/conversations/${conversation}/files${page}`;
}
