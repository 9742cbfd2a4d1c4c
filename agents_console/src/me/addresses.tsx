/** Where an agent is told: phones and mailboxes, each proven by a code. */

import { useId, useRef, useState } from "preact/hooks";

import { Icon } from "../icons";
import { useOnce } from "../once";
import { say } from "../words";
import {
  isToldSomewhere,
  type Own,
  type OwnAddress,
  type OwnChannel,
  type OwnRequests,
} from "./own";

type Act = (what: () => Promise<Own>) => Promise<string | null>;

interface AddressesProps {
  own: Own;
  requests: OwnRequests;
  act: Act;
}

export function OwnAddresses({ own, requests, act }: AddressesProps) {
  return (
    <section>
      <h3>{say("me.where")}</h3>
      {!isToldSomewhere(own) && (
        <p class="said">{say(own.addresses.length === 0 ? "me.nowhere" : "me.nowhere.unproven")}</p>
      )}
      {own.addresses.length > 0 && (
        <ul class="own-addresses">
          {own.addresses.map((address) => (
            <OwnAddressItem
              key={address.address_id}
              address={address}
              requests={requests}
              act={act}
            />
          ))}
        </ul>
      )}
      <AddAddress requests={requests} act={act} />
    </section>
  );
}

interface ItemProps {
  address: OwnAddress;
  requests: OwnRequests;
  act: Act;
}

function OwnAddressItem({ address, requests, act }: ItemProps) {
  const { address_id: id, channel, value, proven, failed, stopped } = address;
  const [wrong, setWrong] = useState<string | null>(null);
  const bad = failed !== null ? say("address.failed", { words: failed }) : null;
  return (
    <li class={`own-address ${proven ? "proven" : ""}`}>
      <Icon name={channel} />
      <div>
        <p class="own-address-head">
          <bdi dir="ltr">{value}</bdi>
          <span class={`tag ${proven && !bad && !stopped ? "good" : ""}`}>
            {say(proven ? "me.proven" : "me.unproven")}
          </span>
          <button
            type="button"
            class="plain square"
            aria-label={say("me.remove", { value })}
            title={say("me.remove", { value })}
            onClick={() => void act(() => requests.remove(id)).then(setWrong)}
          >
            <Icon name="close" />
          </button>
        </p>
        {bad && <p class="address-bad">{bad}</p>}
        {stopped && <p class="address-bad">{say(`me.stopped.${channel}`)}</p>}
        {!proven && (
          <CodeForm
            address={address}
            onProve={(code) => act(() => requests.prove(id, code)).then(setWrong)}
            onAnother={async () => {
              const refused = await act(() => requests.add(channel, value));
              setWrong(refused);
              return refused;
            }}
          />
        )}
        <p class="field-wrong" role="alert">
          {wrong}
        </p>
      </div>
    </li>
  );
}

interface CodeProps {
  address: OwnAddress;
  onProve(code: string): Promise<unknown>;
  /** Null when it is on its way. */
  onAnother(): Promise<string | null>;
}

function CodeForm({ address, onProve, onAnother }: CodeProps) {
  const id = useId();
  const [code, setCode] = useState("");
  const [busy, once] = useOnce();
  const [again, setAgain] = useState(false);
  const digits = code.replace(/\D/g, "");
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        if (digits) void once(() => onProve(digits));
      }}
    >
      {address.code_sent && <label for={id}>{say(`me.code.${address.channel}`)}</label>}
      <span class="field-row">
        {address.code_sent && (
          <>
            <input
              id={id}
              class="code"
              inputMode="numeric"
              autocomplete="one-time-code"
              maxLength={10}
              value={code}
              onInput={(event) => setCode(event.currentTarget.value)}
            />
            <button type="submit" class="button" disabled={!digits} aria-disabled={busy}>
              {say("me.prove")}
            </button>
          </>
        )}
        <button
          type="button"
          class="plain"
          aria-disabled={busy}
          onClick={() => void once(async () => setAgain((await onAnother()) === null))}
        >
          {say("me.another-code")}
        </button>
      </span>
      <span class="small muted" role="status">
        {again && say("me.code.again")}
      </span>
    </form>
  );
}

function AddAddress({ requests, act }: { requests: OwnRequests; act: Act }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [channel, setChannel] = useState<OwnChannel>("sms");
  const [value, setValue] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, once] = useOnce();

  async function add(): Promise<void> {
    const typed = value.trim();
    if (!typed) {
      setWrong(say(`me.add.missing.${channel}`));
      field.current?.focus();
      return;
    }
    const refused = await act(() => requests.add(channel, typed));
    setWrong(refused);
    if (refused === null) setValue("");
    else field.current?.focus();
  }

  return (
    <form
      class="own-add"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void once(add);
      }}
    >
      <fieldset class="segments" aria-label={say("me.add.kind")}>
        {(["sms", "email"] as const).map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={channel === kind}
            onClick={() => {
              setChannel(kind);
              setWrong(null);
            }}
          >
            {say(`me.add.${kind}`)}
          </button>
        ))}
      </fieldset>
      <div class="field">
        <label for={id}>{say(`me.add.${channel}.label`)}</label>
        <span class="field-row">
          <input
            id={id}
            ref={field}
            {...(channel === "sms"
              ? { type: "tel" as const, autocomplete: "tel" }
              : { type: "email" as const, autocomplete: "email" })}
            dir="ltr"
            placeholder={say(`me.add.${channel}.like`)}
            value={value}
            aria-invalid={wrong !== null}
            aria-describedby={wrong === null ? undefined : `${id}-wrong`}
            onInput={(event) => {
              setValue(event.currentTarget.value);
              setWrong(null);
            }}
          />
          <button type="submit" class="button" aria-disabled={busy}>
            {say("me.add.send")}
          </button>
        </span>
      </div>
      <p id={`${id}-wrong`} class="field-wrong" role="alert">
        {wrong}
      </p>
    </form>
  );
}
