"""A queue that speaks as much of SQS as relays and workers do, and fast: `python -m bench.sqs PORT`.

An emulator such as moto takes 50 to 90 messages a second, and would be what is measured. Messages are kept in memory;
one that was received and not deleted stays invisible, as nothing is killed here.
"""

import asyncio
import hashlib
import json
import sys
from collections import defaultdict, deque
from itertools import count
from typing import Any

Asked = dict[str, Any]
MOMENT = 0.05  # seconds between two looks of who waits for messages


class Queues:
    def __init__(self) -> None:
        self._waiting: dict[str, deque[Asked]] = defaultdict(deque)
        self._numbers = count(1)
        self.requests: dict[str, int] = defaultdict(int)

    async def answer(self, action: str, asked: Asked) -> Asked:
        """Answer one request of SQS' JSON protocol; what needs no answer gets an empty one."""
        self.requests[action] += 1
        if action == "SendMessageBatch":
            return self._take(asked)
        if action == "ReceiveMessage":
            return await self._give(asked)
        if action == "GetQueueAttributes":
            return {"Attributes": dict.fromkeys(asked.get("AttributeNames", []), "0")}
        if action == "GetQueueUrl":
            return {"QueueUrl": asked["QueueName"]}
        entries = asked.get("Entries", [])
        return {"Successful": [{"Id": entry["Id"]} for entry in entries], "Failed": []} if entries else {}

    def _take(self, asked: Asked) -> Asked:
        taken = []
        for entry in asked["Entries"]:
            number, body = next(self._numbers), entry["MessageBody"]
            digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
            message = {"MessageId": f"{number}", "ReceiptHandle": f"{number}", "Body": body, "MD5OfBody": digest}
            self._waiting[asked["QueueUrl"]].append(message | {"Attributes": {"ApproximateReceiveCount": "1"}})
            taken.append({"Id": entry["Id"], "MessageId": f"{number}", "MD5OfMessageBody": digest})
        return {"Successful": taken, "Failed": []}

    async def _give(self, asked: Asked) -> Asked:
        waiting = self._waiting[asked["QueueUrl"]]
        for _ in range(int(asked.get("WaitTimeSeconds", 0) / MOMENT)):
            if waiting:
                break
            await asyncio.sleep(MOMENT)
        most = min(asked.get("MaxNumberOfMessages", 1), len(waiting))
        return {"Messages": [waiting.popleft() for _ in range(most)]} if most else {}


async def serve(port: int) -> None:
    queues = Queues()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                asked = json.loads(await reader.readexactly(int(fields.get("content-length", 0))) or b"{}")
                body = await _answer(queues, head, fields, asked)
                kind = b"Content-Type: application/x-amz-json-1.0\r\n"
                writer.write(b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (kind, len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", port) as server:
        await server.serve_forever()


async def _answer(queues: Queues, head: str, fields: dict[str, str], asked: Asked) -> bytes:
    if head.startswith("GET "):
        return json.dumps(queues.requests).encode()
    names = {name.lower(): name for name in ACTIONS}
    action = names.get(fields.get("x-amz-target", "").rpartition(".")[2], "")
    return json.dumps(await queues.answer(action, asked)).encode()


ACTIONS = ("SendMessageBatch", "ReceiveMessage", "GetQueueAttributes", "GetQueueUrl", "DeleteMessage")
ACTIONS += ("DeleteMessageBatch", "ChangeMessageVisibility", "ChangeMessageVisibilityBatch")


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
