// Segment's Node library, driven from outside: one JSON object a line.
//
// Lines in: {"type": "track", …} makes that call, {"type": "flush"} waits until everything is delivered or given up.
// Lines out: {"flushed": true}, and {"error": text, "messages": n} whenever the library gives a message up.
import { createInterface } from "node:readline";
import { Analytics } from "@segment/analytics-node";

const [host, writeKey] = process.argv.slice(2);
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const client = new Analytics({ writeKey, host, flushAt: 5, flushInterval: 200 });
client.on("error", (error) => say({ error: String(error.reason ?? error), messages: 1 }));

for await (const line of createInterface({ input: process.stdin })) {
  const { type, ...call } = JSON.parse(line);
  if (type === "flush") {
    await client.flush();
    say({ flushed: true });
  } else {
    client[type](call);
  }
}
await client.closeAndFlush();
