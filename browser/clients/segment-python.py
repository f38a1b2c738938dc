"""Segment's Python library, driven from outside: one JSON object a line.

Lines in: {"type": "track", ...} makes that call, {"type": "flush"} waits until everything is delivered or given up.
Lines out: {"flushed": true}, and {"error": text, "messages": n} whenever the library gives messages up.
"""

import json
import sys
import threading

from segment.analytics.client import Client

host, write_key = sys.argv[1:]
saying = threading.Lock()


def say(answer):
    with saying:
        print(json.dumps(answer), flush=True)


client = Client(
    write_key,
    host=host,
    gzip=True,
    upload_size=5,
    upload_interval=0.2,
    on_error=lambda error, items: say({"error": str(error), "messages": len(items)}),
)
NAMES = {
    "messageId": "message_id",
    "userId": "user_id",
    "groupId": "group_id",
    "previousId": "previous_id",
    "anonymousId": "anonymous_id",
}

for line in sys.stdin:
    call = json.loads(line)
    kind = call.pop("type")
    if kind == "flush":
        client.flush()
        say({"flushed": True})
    else:
        taken, _ = getattr(client, kind)(**{NAMES.get(name, name): value for name, value in call.items()})
        assert taken, "the library's queue is full"
client.shutdown()
