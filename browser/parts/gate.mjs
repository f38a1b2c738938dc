// A gate between a client and the server, as a proxy is: it passes requests on, and it can be told to be unwell.
import { createServer, request } from "node:http";
import { gunzipSync } from "node:zlib";

export const MOODS = {
  // Passes requests and answers on. A server that is away is a broken connection.
  pass: "pass",
  // Takes nothing and says 503.
  refuse: "refuse",
  // Passes the request on, and says 503 although it was taken: what a client sees when an answer gets lost.
  lose: "lose",
};

// Opens a gate to `target`. `seen` lists what came: { path, mood, status, coding, messages: [id], answer }.
export async function openGate(target) {
  const gate = { mood: MOODS.pass, seen: [] };
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const entry = { path: incoming.url, mood: gate.mood, coding: incoming.headers["content-encoding"] ?? "", messages: readIds(incoming, body) };
    gate.seen.push(entry);
    const sayWait = () => {
      entry.status = 503;
      outgoing.writeHead(503, { "content-type": "application/json", "retry-after": "1" });
      outgoing.end('{"code":"try_again","message":"not kept; try again"}');
    };
    if (entry.mood === MOODS.refuse) return sayWait();
    try {
      const answer = await forward(target(), incoming, body);
      if (entry.mood === MOODS.lose) return sayWait();
      entry.status = answer.status;
      entry.answer = answer.text;
      outgoing.writeHead(answer.status, answer.headers);
      outgoing.end(answer.text);
    } catch {
      outgoing.destroy();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  gate.url = `http://127.0.0.1:${server.address().port}`;
  gate.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return gate;
}

function readIds(incoming, body) {
  const text = incoming.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  const { batch = [] } = JSON.parse(text);
  return batch.map((message) => message.messageId);
}

function forward(target, incoming, body) {
  return new Promise((resolve, reject) => {
    const onward = request(new URL(incoming.url, target), { method: incoming.method, headers: incoming.headers }, async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString() });
    });
    onward.on("error", reject);
    onward.end(body);
  });
}
