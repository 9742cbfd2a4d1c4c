/** Who is signed in at this browser. */

import { type Signal, signal } from "@preact/signals";
import { type Api, ApiError, type Me } from "./api";
import { plainly } from "./desk/plainly";
import { say } from "./words";

export type SessionState =
  | { readonly at: "asking" }
  /** The gateway does not answer; it is asked again by itself. */
  | { readonly at: "unreachable" }
  /** `notice` says why somebody who was signed in no longer is. */
  | { readonly at: "out"; readonly notice: string | null }
  | { readonly at: "in"; readonly agent: Me["agent"] };

export interface Session {
  readonly state: Signal<SessionState>;
  /** Is somebody signed in already? */
  begin(): Promise<void>;
  /** Null on success, else the sentence to show. */
  signIn(email: string, password: string): Promise<string | null>;
  signOut(): Promise<void>;
  /** The gateway has ended the session. */
  ended(): void;
}

const AGAIN_MS = 3_000;

export function createSession(api: Api): Session {
  const state = signal<SessionState>({ at: "asking" });

  async function begin(): Promise<void> {
    try {
      state.value = { at: "in", agent: (await api.me()).agent };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        state.value = { at: "out", notice: null };
        return;
      }
      state.value = { at: "unreachable" };
      setTimeout(begin, AGAIN_MS);
    }
  }

  return {
    state,
    begin,
    async signIn(email, password) {
      try {
        state.value = { at: "in", agent: (await api.login(email, password)).agent };
        return null;
      } catch (error) {
        return refusal(error);
      }
    },
    async signOut() {
      try {
        await api.logout();
        state.value = { at: "out", notice: null };
      } catch (error) {
        // Already signed out is as good; but who could not be reached still holds the session.
        if (error instanceof ApiError && error.status === 401) {
          state.value = { at: "out", notice: null };
        } else throw error;
      }
    },
    ended() {
      state.value = { at: "out", notice: say("signin.ended") };
    },
  };
}

function refusal(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 0) return say("signin.unreachable");
  if (error.status === 401) return say("signin.wrong");
  return plainly(error);
}
