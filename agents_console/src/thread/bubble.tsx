import { addresses } from "../../../widget/link/marks";
import { Drawn, Marked } from "./marked";

interface BubbleProps {
  text: string;
  /** By an agent, who may have made words stand out. */
  marked?: boolean;
  /** Those whom a note names. */
  names?: readonly string[];
}

/** Words as written. Of a shopper's only addresses of the web become anything: links. */
export function Bubble({ text, marked = false, names }: BubbleProps) {
  if (!text) return null;
  return (
    <div class="bubble" dir="auto">
      {marked ? <Marked text={text} names={names ?? []} /> : <Drawn pieces={addresses(text)} />}
    </div>
  );
}

/** Whom the data of a note names. */
export function namesIn(data: Readonly<Record<string, unknown>>): readonly string[] {
  const { mentions } = data;
  if (!Array.isArray(mentions)) return [];
  return mentions.flatMap((each) => (typeof each?.name === "string" && each.name ? each.name : []));
}
