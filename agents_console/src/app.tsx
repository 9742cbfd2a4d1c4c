/** Which of the two screens: sign in, or the desk. */

import { effect, untracked } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Api, Me } from "./api";
import { createCannedShelf } from "./canned/shelf";
import { createDraftSync } from "./composer/draft-sync";
import { createDrafts, type Drafts } from "./composer/drafts";
import { createUploads } from "./composer/uploads";
import { InRoom } from "./context";
import { createDesk, type Desk } from "./desk/desk";
import { DeskScreen } from "./desk/screen";
import { Mark } from "./icons";
import { leave } from "./leaving";
import { forget as forgetSearches } from "./search/recent";
import type { Session } from "./session";
import { SignIn } from "./signin/signin";
import { say } from "./words";

interface AppProps {
  api: Api;
  session: Session;
}

export function App({ api, session }: AppProps) {
  const state = session.state.value;
  switch (state.at) {
    case "in":
      return <AtDesk key={state.agent.agent_id} api={api} session={session} agent={state.agent} />;
    case "out":
      return <SignIn session={session} notice={state.notice} />;
    default:
      return (
        <main class="splash" aria-busy="true">
          <Mark size={40} />
          <p role="status">{state.at === "unreachable" ? say("signin.unreachable.wait") : ""}</p>
        </main>
      );
  }
}

function socketUrl(): string {
  return `${location.origin.replace(/^http/, "ws")}/ws/agent`;
}

function shelf(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    // Storage is forbidden here; drafts then live in memory.
    return null;
  }
}

function AtDesk({ api, session, agent }: AppProps & { agent: Me["agent"] }) {
  const [drafts] = useState<Drafts>(() => createDrafts(shelf(), agent.agent_id));
  const [uploads] = useState(() => createUploads(api.upload));
  const [canned] = useState(() => createCannedShelf(api.ask));
  const current = useRef<Desk | null>(null);
  const [draftSync] = useState(() =>
    createDraftSync(
      drafts,
      (id, kind, body) => current.current?.keepDraft(id, kind, body) ?? false,
    ),
  );
  const [desk, setDesk] = useState<Desk | null>(null);
  useEffect(() => {
    const made = createDesk({
      api,
      me: agent,
      socketUrl: socketUrl(),
      onDraft: draftSync.hear,
      onSignedOut() {
        for (const { frame, state } of made.outbox.value) {
          if (state === "sent") continue;
          const { body: text, note, wish } = frame;
          drafts.giveBack(frame.conversation_id, { text, note, wish });
        }
        session.ended();
      },
    });
    current.current = made;
    setDesk(made);
    const unwatch = effect(() => {
      // What had to wait for an answer to be stored waits no longer.
      void made.outbox.value;
      if (made.connection.value.at === "live") untracked(draftSync.flush);
      else draftSync.lost();
    });
    addEventListener("pagehide", draftSync.flush);
    document.addEventListener("visibilitychange", draftSync.flush);
    return () => {
      unwatch();
      removeEventListener("pagehide", draftSync.flush);
      document.removeEventListener("visibilitychange", draftSync.flush);
      draftSync.stop();
      current.current = null;
      made.stop();
    };
  }, [api, agent, session, drafts, draftSync]);
  if (!desk) return null;
  const forget = () => {
    drafts.clear();
    uploads.clear();
    forgetSearches(agent.agent_id);
  };
  const signOut = () => {
    draftSync.flush();
    leave(() => {
      session.signOut().then(forget, () => {
        desk.toast.value = { words: say("error.signOut"), undo: null };
      });
    });
  };
  return (
    <InRoom value={{ desk, drafts, draftSync, canned, uploads, signOut }}>
      <DeskScreen />
    </InRoom>
  );
}
