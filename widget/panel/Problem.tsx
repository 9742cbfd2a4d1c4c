import { usePart, useRoom } from "./context";
import { refused } from "./refused";
import type { Asked } from "./state";

/** Why a form did not go through: what we noticed, else why the gateway refused; null when it did. */
export function useProblem(about: Asked, own: string | null): string | null {
  const { words } = usePart().tongue;
  const { view, problem } = useRoom();
  if (own) return own;
  if (view.refusal?.about === about) return refused(words, view.refusal) || words.refusals.other;
  return problem ? words[problem] : null;
}

export function Problem({ text }: { text: string | null }) {
  return text ? (
    <p class="problem" role="alert" dir="auto">
      {text}
    </p>
  ) : null;
}
