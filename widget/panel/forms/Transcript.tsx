import { useEffect, useState } from "preact/hooks";
import { usePart, useRoom } from "../context";
import { Problem, useProblem } from "../Problem";
import { wordsOf } from "./when";

/** The conversation by mail, to an address that is proven; else the code comes first. */
export function Transcript() {
  const { room, tongue } = usePart();
  const { view, asked } = useRoom();
  const [wanted, setWanted] = useState(false);
  const problem = useProblem("transcript", null);
  const offered = view.forms?.transcript;
  const words = wordsOf(view);
  const { address_id = null, proven = false, to = "" } = offered ?? {};
  const say = (text: string) => tongue.say(text, { to });

  const ask = () => {
    if (address_id === null) return;
    setWanted(!proven);
    room.ask({ t: "transcript", address_id });
  };
  // The code was typed in: what was asked for is done now.
  useEffect(() => {
    if (wanted && proven) ask();
  }, [wanted, proven]);

  if (!offered) return null;
  return (
    <section class="card asks" aria-label={words.transcript}>
      <h2>{words.transcript}</h2>
      <p class="told" role="status">
        {say(
          offered.sent_at !== null
            ? words.transcript_sent
            : address_id === null
              ? words.transcript_leave
              : words.transcript_about,
        )}{" "}
        {offered.sent_at === null && address_id !== null && !proven && say(words.transcript_code)}
      </p>
      <Problem text={view.refusal?.about === "transcript" ? problem : null} />
      {offered.sent_at === null && address_id !== null && (
        <button type="button" class="primary" disabled={asked !== null} onClick={ask}>
          {say(words.transcript_to)}
        </button>
      )}
    </section>
  );
}
