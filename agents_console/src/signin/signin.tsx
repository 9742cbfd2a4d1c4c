import { useId, useRef, useState } from "preact/hooks";
import { Mark } from "../icons";
import { useOnce } from "../once";
import type { Session } from "../session";
import { say } from "../words";

interface SignInProps {
  session: Session;
  notice: string | null;
}

export function SignIn({ session, notice }: SignInProps) {
  const id = useId();
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, once] = useOnce();

  async function enter(): Promise<void> {
    const [who, secret] = [email.current?.value.trim() ?? "", password.current?.value ?? ""];
    if (!who || !secret) {
      setWrong(say("signin.missing"));
      (who ? password : email).current?.focus();
      return;
    }
    const sentence = await session.signIn(who, secret);
    setWrong(sentence);
    if (sentence) password.current?.select();
  }

  return (
    <main class="signin">
      <form
        class="signin-card"
        onSubmit={(event) => {
          event.preventDefault();
          void once(enter);
        }}
        noValidate
        aria-labelledby={`${id}-title`}
      >
        <Mark size={36} />
        <h1 id={`${id}-title`}>{say("signin.title")}</h1>
        {notice && !wrong && <p class="said">{notice}</p>}
        {wrong && (
          <p class="said wrong" role="alert">
            {wrong}
          </p>
        )}
        <label class="field">
          <span>{say("signin.email")}</span>
          <input ref={email} type="email" name="email" autocomplete="username" autofocus required />
        </label>
        <label class="field">
          <span>{say("signin.password")}</span>
          <input
            ref={password}
            type="password"
            name="password"
            autocomplete="current-password"
            required
          />
        </label>
        <button type="submit" class="primary big" aria-disabled={busy}>
          {say(busy ? "signin.busy" : "signin.enter")}
        </button>
        <p class="small muted">{say("signin.help")}</p>
      </form>
    </main>
  );
}
