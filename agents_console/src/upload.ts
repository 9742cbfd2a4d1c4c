/** A file on its way up. Only the older of a browser's two ways to ask tells how far it is. */

import { ApiError } from "./api";

export function sendUp<T>(
  path: string,
  file: Blob,
  headers: Readonly<Record<string, string>>,
  told: (part: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => told(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const answer = read(request.responseText);
      if (request.status === 201) done(answer as T);
      else failed(new ApiError(request.status, answer.code ?? "", answer.message ?? ""));
    };
    request.onerror = () => failed(new ApiError(0, "unreachable", ""));
    request.onabort = request.onerror;
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function read(text: string): { code?: string; message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy in between has answered for itself.
    return {};
  }
}
