/** Somebody of the staff as a small round picture, with initials behind it and where there is none. */

import { initials } from "../../../widget/link/initials";
import "../styles/together.css";

const HUES = 360;

interface FaceProps {
  name: string;
  /** What the colour hangs on: it stays the same wherever this person is drawn. */
  id: string;
  face: string | null;
  /** Empty where what stands around it says who that is. */
  label?: string;
  size?: number;
}

export function Face({ name, id, face, label = "", size = 32 }: FaceProps) {
  const told = label
    ? { role: "img" as const, "aria-label": label, title: label }
    : { "aria-hidden": true as const };
  return (
    <span class="face" style={{ "--hue": hue(id), "--face": `${size}px` }} {...told}>
      {initials(name)}
      {face && <img src={face} width={size} height={size} alt="" decoding="async" />}
    </span>
  );
}

/** A hue for an id, in degrees: near ids are far apart (FNV-1a, 32 bits). */
export function hue(id: string): number {
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % HUES;
}
