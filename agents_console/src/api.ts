/** The console's HTTP requests; everything live goes over the socket. */

import type { SendUp } from "./composer/uploads";
import { sendUp } from "./upload";

/**
 * The gateway refused; `message` may be shown, and `why` is closer than `code`. `status` 0: it could
 * not be reached at all.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly why: string | null;

  constructor(status: number, code: string, message: string, why: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.why = why;
  }
}

export interface Me {
  readonly agent: { readonly agent_id: string; readonly name: string };
  readonly csrf: string;
}

/** One address that a decision looked at, in words. */
export interface Considered {
  readonly channel: "chat" | "sms" | "email";
  readonly to: string;
  readonly person: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly chosen: boolean;
  /** When time alone changes the verdict. */
  readonly until: number | null;
}

export interface DecisionFact {
  readonly at: number;
  readonly sentence: string;
  readonly answer: string;
  readonly because: readonly string[];
  readonly considered: readonly Considered[];
}

/** A file in a mail; `number` asks for it, `content_type` is what its bytes say. */
export interface OriginalFile {
  readonly number: number;
  readonly name: string;
  readonly content_type: string;
  readonly size: number;
  /** The page shows it in its place. */
  readonly inline: boolean;
}

/** A mail as it came. Its page is a document of its own: see `originalAt`. */
export interface OriginalFact {
  readonly subject: string;
  readonly sender: string;
  readonly to: string;
  readonly date: string;
  readonly text: string;
  readonly has_page: boolean;
  /** Pictures from elsewhere that the page leaves out. */
  readonly held_back: number;
  /** What the gateway says of it: an invitation, something encrypted. */
  readonly notes: readonly string[];
  readonly files: readonly OriginalFile[];
  readonly unreadable: boolean;
}

/** One request under `/api`, whose body is JSON or a file; raises `ApiError`. */
export type Ask = <T>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
) => Promise<T>;

export interface Api {
  /** For a screen that brings its own requests. */
  readonly ask: Ask;
  me(): Promise<Me>;
  login(email: string, password: string): Promise<Me>;
  logout(): Promise<void>;
  ticket(): Promise<string>;
  decision(storeId: string, decisionId: string): Promise<DecisionFact>;
  original(storeId: string, conversationId: string, entryId: string): Promise<OriginalFact>;
  readonly upload: SendUp;
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const CSRF = "X-Onethread-CSRF";

/** Remembers the CSRF token of the latest `me` or `login` for the requests after it. */
export function createApi(fetch: Fetch): Api {
  let csrf = "";

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (method !== "GET") headers[CSRF] = csrf;
    const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
    if (body instanceof Blob) init.body = body;
    else if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    const response = await fetch(path, init).catch(() => {
      throw new ApiError(0, "unreachable", "");
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return answer as T;
    const error = (answer ?? {}) as { code?: string; message?: string; why?: string };
    const { code = "internal", message = "", why = null } = error;
    throw new ApiError(response.status, code, message, why);
  }

  async function known(answer: Promise<Me>): Promise<Me> {
    const me = await answer;
    csrf = me.csrf;
    return me;
  }

  const me = () => known(ask<Me>("GET", "/api/me"));
  const ticket = async () => (await ask<{ ticket: string }>("POST", "/api/ticket")).ticket;

  const upload: SendUp = (storeId, file, told, signal) => {
    const path = `${store(storeId)}/files?name=${segment(file.name)}`;
    return sendUp(path, file, { [CSRF]: csrf }, told, signal);
  };

  return {
    ask,
    upload,
    me,
    login: (email, password) => known(ask<Me>("POST", "/api/login", { email, password })),
    logout: () => ask<void>("POST", "/api/logout"),
    ticket: () =>
      ticket().catch(async (error: ApiError) => {
        // Somebody signed in anew in another tab, and the token that we hold is of the older session.
        if (error.status !== 403) throw error;
        await me();
        return ticket();
      }),
    decision: (storeId, decisionId) =>
      ask("GET", `${store(storeId)}/decisions/${segment(decisionId)}`),
    original: (storeId, conversationId, entryId) =>
      ask("GET", originalAt(storeId, conversationId, entryId)),
  };
}

const segment = encodeURIComponent;

/** Where the original of an entry is; its page, files and raw bytes are below. */
export function originalAt(storeId: string, conversationId: string, entryId: string): string {
  return `${store(storeId)}/conversations/${segment(conversationId)}/entries/${segment(entryId)}/original`;
}

function store(storeId: string): string {
  return `/api/stores/${segment(storeId)}`;
}
