import { useEffect, useState } from "preact/hooks";
import type { Attachment } from "../link/protocol.gen";
import { sizeOf } from "../link/sizes";
import { FileIcon } from "./attached";
import { useHouse } from "./context";
import type { Links } from "./links";

/** A picture's place, in CSS pixels, known before it is here. */
const WIDEST = 240;
const TALLEST = 240;
/** Links are asked for anew before they are over, and after a failure. */
const EARLY_MS = 60_000;

interface Props {
  files: readonly Attachment[];
  /** They are in a message that the gateway has; before that it links to none of them. */
  stored: boolean;
}

export function Files({ files, stored }: Props) {
  const { room, links, tongue } = useHouse();
  const [known, setKnown] = useState<Links["links"]>({});
  const ids = files.map((file) => file.id).join();
  useEffect(() => {
    if (!ids || !stored) return;
    let timer = 0;
    let gone = false;
    const ask = async () => {
      let wait = EARLY_MS;
      try {
        const found = await links(ids.split(","));
        wait = found.good_for_ms - EARLY_MS;
        if (!gone) setKnown(found.links);
      } catch {
        // Not connected, or not for this shopper any more: the names stand there all the same.
      }
      if (!gone) timer = window.setTimeout(ask, Math.max(EARLY_MS, wait));
    };
    ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [ids, links, stored]);
  return (
    <>
      {files.map((file) => {
        const { id, name, width, height } = file;
        const link = known[id];
        const scale = width && height ? Math.min(1, WIDEST / width, TALLEST / height) : 0;
        return (
          <a
            key={id}
            class={scale ? "picture" : "bubble file"}
            href={link?.whole}
            target="_blank"
            rel="noopener noreferrer"
            title={name}
          >
            {width && height && scale ? (
              <img
                src={link?.small ?? room.state.pictures[id]}
                alt={name}
                width={Math.max(1, Math.round(width * scale))}
                height={Math.max(1, Math.round(height * scale))}
              />
            ) : (
              <>
                <FileIcon />
                <bdi>{name}</bdi>
                <small>{sizeOf(file.size, tongue.language)}</small>
              </>
            )}
          </a>
        );
      })}
    </>
  );
}
