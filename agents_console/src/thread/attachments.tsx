/** The files of a message: pictures as they look, everything else by name and size. */

import type { Attachment } from "../../../widget/link/protocol.gen";
import { sizeOf } from "../../../widget/link/sizes";
import { useRoom } from "../context";
import { Icon } from "../icons";
import { locale, say } from "../words";

/** A picture's place is as large as this at most, in CSS pixels, and is known before it is here. */
const WIDEST = 320;
const TALLEST = 240;

export function Attachments({ files }: { files: readonly Attachment[] }) {
  const { desk } = useRoom();
  const storeId = desk.thread.value?.storeId ?? "";
  if (files.length === 0) return null;
  return (
    <ul class="files" aria-label={say("files.label")}>
      {files.map((file) => {
        const href = fileAt(storeId, file.id);
        return (
          <li key={file.id}>
            {file.width && file.height ? (
              <Picture file={file} href={href} {...fitted(file.width, file.height)} />
            ) : (
              <a class="file" href={href} download={file.name}>
                <FileRow name={file.name} size={file.size} />
              </a>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Where a file of a store's is. */
export function fileAt(storeId: string, fileId: string): string {
  return `/api/stores/${encodeURIComponent(storeId)}/files/${encodeURIComponent(fileId)}`;
}

interface PictureProps {
  file: Attachment;
  href: string;
  width: number;
  height: number;
}

function Picture({ file, href, width, height }: PictureProps) {
  return (
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
        width={width}
        height={height}
        style={{ aspectRatio: `${width} / ${height}` }}
        loading="lazy"
        decoding="async"
      />
    </a>
  );
}

/** What a file is called and how large it is; the end of a long name is what tells most. */
export function FileRow({ name, size }: { name: string; size: number }) {
  const dot = name.lastIndexOf(".");
  const cut = dot > 0 && name.length - dot <= 8 ? dot : name.length;
  return (
    <>
      <Icon name="file" size={20} />
      <bdi class="file-name">
        <span>{name.slice(0, cut)}</span>
        {name.slice(cut)}
      </bdi>
      <bdi class="file-size">{sizeOf(size, locale)}</bdi>
    </>
  );
}

/** The largest size of these proportions that has room. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}
