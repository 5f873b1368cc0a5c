"""A pizza desk as the brain of Eva: an OpenAI-compatible chat endpoint with a memory of its own.

Eva sends the standard fields only. `user` is her session id: the key to this service's own state.
The order is taken by plain rules, so it runs without any model; put yours into `Order.answer`.
"""
import asyncio
import hmac
import json
import os
import re
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

PRICES = {"margherita": 8, "salami": 9, "funghi": 10}
NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "to": 2, "three": 3, "four": 4, "five": 5, "six": 6}
SESSIONS_MAX = 1000  # the oldest order is forgotten beyond that
WORD_PAUSE_S = 0.02  # a model's pace; 0 sends the reply at once
MODEL = "desk"
KEY = os.environ.get("DESK_API_KEY", "")


@dataclass
class Order:
    items: dict[str, int] = field(default_factory=dict)
    placed: bool = False

    def summary(self) -> str:
        return " and ".join(f"{count} {pizza}" for pizza, count in self.items.items())

    def answer(self, heard: str) -> str:
        words = re.findall(r"[a-z]+|\d+", heard.lower())
        pizzas = [word for word in words if word in PRICES]
        if self.placed:
            return f"Your order is on its way: {self.summary()}. Enjoy your meal."
        if "cancel" in words:
            self.items.clear()
            return "Done. Your order is empty."
        if pizzas:
            for i, word in enumerate(words):
                if word in PRICES:
                    before = words[i - 1] if i else ""
                    count = int(before) if before.isdigit() else NUMBERS.get(before, 1)
                    self.items[word] = self.items.get(word, 0) + min(count, 20)
            return f"Noted. You have {self.summary()}. Anything else?"
        if self.items and {"no", "done", "all", "pay", "total"} & set(words):
            self.placed = True
            total = sum(PRICES[pizza] * count for pizza, count in self.items.items())
            return f"Thank you. {self.summary()} makes {total} dollars. It takes twenty minutes."
        return "Welcome to the pizza desk. We have margherita, salami and funghi. What would you like?"


class Part(BaseModel):
    type: str
    text: str = ""


class Message(BaseModel):
    role: str
    content: str | list[Part] | None = None

    def text(self) -> str:
        if isinstance(self.content, list):
            return " ".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class ChatRequest(BaseModel):
    model: str = MODEL
    messages: list[Message]
    stream: bool = False
    stream_options: dict = {}
    user: str = ""


def check_key(authorization: str = Header("")) -> None:
    if KEY and not hmac.compare_digest(authorization.encode(), f"Bearer {KEY}".encode()):
        raise HTTPException(401, "wrong or missing API key")


app = FastAPI(dependencies=[Depends(check_key)])
orders: OrderedDict[str, Order] = OrderedDict()


def order_of(user: str) -> Order:
    order = orders.pop(user, None) or Order()
    if user:  # without a session id there is nothing to remember
        orders[user] = order
    if len(orders) > SESSIONS_MAX:
        orders.popitem(last=False)
    return order


@app.get("/v1/models")
def models() -> dict:
    """What `eva doctor` asks for, to see that the address and the key are right."""
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "pizza-desk"}
    return {"object": "list", "data": [model]}


@app.post("/v1/chat/completions")
async def chat(request: ChatRequest):
    heard = next((m.text() for m in reversed(request.messages) if m.role == "user"), "")
    reply = order_of(request.user).answer(heard)
    usage = {"prompt_tokens": len(heard.split()), "completion_tokens": len(reply.split())}
    usage["total_tokens"] = sum(usage.values())
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": request.model}
    if not request.stream:
        message = {"role": "assistant", "content": reply}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {**head, "object": "chat.completion", "choices": [choice], "usage": usage}

    def event(choices: list, **extra) -> str:
        chunk = {**head, "object": "chat.completion.chunk", "choices": choices, **extra}
        return f"data: {json.dumps(chunk)}\n\n"

    async def stream():
        sent = 0
        try:
            for word in re.findall(r"\S+\s*", reply):
                yield event([{"index": 0, "delta": {"content": word}, "finish_reason": None}])
                sent += 1
                await asyncio.sleep(WORD_PAUSE_S)
            yield event([{"index": 0, "delta": {}, "finish_reason": "stop"}])
            if request.stream_options.get("include_usage"):
                yield event([], usage=usage)
            yield "data: [DONE]\n\n"
        except asyncio.CancelledError:  # Eva hung up: the caller interrupted. Stop paying for words.
            print(f"interrupted after {sent} words", flush=True)
            raise

    return StreamingResponse(stream(), media_type="text/event-stream")
