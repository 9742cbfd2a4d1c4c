/** Brings one file up; only XMLHttpRequest tells how much of it is there. */

import type { Attachment } from "../link/protocol.gen";
import type { Keep } from "./keep";
import type { Refusal } from "./refused";

interface From {
  /** The store's key. */
  readonly key: string;
  readonly keep: Keep;
}

/**
 * `told` hears how much of it is there, 0 to 1. Rejects with the gateway's refusal, or with one that
 * has no code when there was no answer.
 */
export function sendUp(
  { key, keep }: From,
  file: File,
  told: (part: number) => void,
  signal: AbortSignal,
): Promise<Attachment> {
  return new Promise((resolve, reject: (why: Refusal) => void) => {
    const request = new XMLHttpRequest();
    const name = encodeURIComponent(file.name);
    request.open("POST", `/widget/files?key=${encodeURIComponent(key)}&name=${name}`);
    const session = keep.get(`onethread:${key}:session`);
    if (session) request.setRequestHeader("X-Onethread-Session", session);
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) told(event.loaded / event.total);
    };
    request.onload = () => {
      const answer = request.response as (Attachment & Partial<Refusal>) | null;
      if (request.status === 201 && answer) resolve(answer);
      else reject({ code: answer?.code ?? "", why: answer?.why });
    };
    request.onerror = request.onabort = () => reject({ code: "" });
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
