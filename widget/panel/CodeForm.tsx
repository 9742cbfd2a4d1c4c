import { useId, useState } from "preact/hooks";
import type { AddressFact } from "../link/protocol.gen";
import { usePart, useRoom } from "./context";
import { useLostFocus } from "./focus";
import { Problem, useProblem } from "./Problem";
import { latinDigits } from "./reach";

/** Type in the code that came to the address. */
export function CodeForm({ address }: { address: AddressFact }) {
  const { room, tongue } = usePart();
  const { asked } = useRoom();
  const { words, say } = tongue;
  const id = useId();
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const problem = useProblem("give_code", wrong);
  const sent: Partial<Record<AddressFact["channel"], string>> = {
    sms: words.codeSent,
    whatsapp: words.codeWhatsapp,
  };

  const submit = (event: Event) => {
    event.preventDefault();
    const digits = latinDigits(code).replace(/[\s-]/g, "");
    if (!/^\d{4,8}$/.test(digits)) setWrong(words.codeWrong);
    else room.ask({ t: "give_code", address_id: address.address_id, code: digits });
  };
  return (
    <form onSubmit={submit} noValidate>
      <p class="told">{say(sent[address.channel] ?? words.codeMailed, { to: address.value })}</p>
      <div class="coded">
        <label class="field">
          <span class="label">{words.code}</span>
          <input
            ref={useLostFocus<HTMLInputElement>()}
            type="text"
            inputMode="numeric"
            autocomplete="one-time-code"
            dir="ltr"
            value={code}
            aria-invalid={problem !== null}
            aria-describedby={`${id}about`}
            onInput={(event) => {
              setCode(event.currentTarget.value);
              setWrong(null);
              room.forgive();
            }}
          />
        </label>
        <button type="submit" class="primary" disabled={asked !== null}>
          {words.confirm}
        </button>
      </div>
      <div id={`${id}about`}>
        <Problem text={problem} />
      </div>
    </form>
  );
}
