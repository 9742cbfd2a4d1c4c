// What a Node developer writes: `ws`, node:sqlite, and a transaction for each message.
//
//     node bench/node_rival.mjs WS FILE PAIRS
//
// WS is where the package `ws` is, FILE the database. It prints {"port", "pairs"} and serves until
// its input ends, with the frames of bench/pair_rivals.py: a ticket is the conversation's name.

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { DatabaseSync } from "node:sqlite";

const [where, file, pairs] = process.argv.slice(2);
const { WebSocketServer } = createRequire(import.meta.url)(where);

const database = new DatabaseSync(file);
database.exec("PRAGMA journal_mode = WAL");
database.exec("PRAGMA synchronous = FULL");
database.exec(`
  CREATE TABLE talk (conversation_id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL, preview TEXT NOT NULL);
  CREATE TABLE said (
    cmid TEXT PRIMARY KEY, conversation_id TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL
  );
  CREATE INDEX said_in ON said (conversation_id, seq);
`);
const known = database.prepare("SELECT seq FROM said WHERE cmid = ?");
const grow = database.prepare(
  "INSERT INTO talk VALUES (?, 1, ?) ON CONFLICT (conversation_id)" +
    " DO UPDATE SET last_seq = last_seq + 1, preview = excluded.preview RETURNING last_seq",
);
const append = database.prepare("INSERT INTO said VALUES (?, ?, ?, ?)");

function keep(conversation, cmid, body) {
  database.exec("BEGIN IMMEDIATE");
  try {
    let seq = known.get(cmid)?.seq;
    if (seq === undefined) {
      seq = grow.get(conversation, body.slice(0, 120)).last_seq;
      append.run(cmid, conversation, seq, body);
    }
    database.exec("COMMIT");
    return seq;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

const agents = new Map();

function serve(socket, request) {
  let mine = "";
  const say = (frame) => socket.send(JSON.stringify(frame));
  socket.on("message", (text) => {
    const frame = JSON.parse(text);
    if (frame.t === "hello") {
      mine = frame.ticket;
      if (request.url === "/ws/shopper") say({ t: "snapshot" });
    } else if (frame.t === "open") {
      agents.set(frame.conversation_id, say);
      say({ t: "snapshot" });
    } else if (frame.t === "send") {
      const { cmid, body } = frame;
      const seq = keep(mine, cmid, body);
      say({ t: "ack", cmid, seq });
      const entry = { seq, kind: "message", cmid, body };
      agents.get(mine)?.({ t: "entry", conversation_id: mine, entry });
    }
  });
}

const server = createServer();
new WebSocketServer({ server, perMessageDeflate: false }).on("connection", serve);
server.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () => {
  const told = Array.from({ length: Number(pairs) }, () => {
    const name = randomBytes(8).toString("hex");
    return {
      store_id: "s",
      conversation_id: name,
      origin: "http://127.0.0.1",
      shopper: [name],
      agent: [name],
    };
  });
  console.log(JSON.stringify({ port: server.address().port, pairs: told }));
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
