"""What the sandbox remembers, and the messages it has yet to send. Everything is in memory: a restart forgets."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chedai.sandbox.rules import Said, decide, forced

MANNERS: Final = ("normal", "late", "twice", "out_of_order", "bad_signature", "never")
"""How an answer is given; `late` waits for `release`."""


@dataclass(frozen=True, slots=True)
class Message:
    """One webhook to send."""

    lender: str
    body: dict[str, Any]
    spoiled: bool = False  # signed with another secret


@dataclass(frozen=True, slots=True)
class Fetch:
    """The papers of a file, to be fetched before the answers to it go out."""

    lender: str
    key: str
    papers: tuple[Mapping[str, Any], ...]


@dataclass(slots=True)
class Told:
    """What the control endpoint wants next, for the next submission only."""

    manner: str = "normal"
    answer: str = ""


@dataclass(slots=True)
class Desk:
    """The lender's desk; one for all lenders the sandbox plays."""

    seed: int
    references: dict[tuple[str, str], str] = field(default_factory=dict)
    papers: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    next_up: deque[Told] = field(default_factory=deque)
    held: list[Message] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, lender: str, key: str, document: Mapping[str, Any]) -> tuple[str, list[Fetch | Message]]:
        """Take a file in; the same key again is the same file and is answered with the same number, silently.

        First its papers are fetched, then the answers go out.
        """
        with self.lock:
            known = self.references.get((lender, key))
            if known is not None:
                return known, []
            told = self.next_up[0] if self.next_up else Told()
            said = forced(told.answer, document) if told.answer else decide(document, lender, self.seed)
            reference = f"{lender.upper()}-{len(self.references) + 1:06}"
            self.references[lender, key] = reference  # only now: a file that cannot be read was never taken
            if self.next_up:
                self.next_up.popleft()
        papers = tuple(paper for paper in document["papers"] if paper.get("path"))
        return reference, [Fetch(lender, key, papers), *self._answers(lender, key, said, told.manner)]

    def paid(self, lender: str, key: str, out: Mapping[str, Any]) -> Message:
        """The word that the money of a file is out: amount in fen, the day, the number of the payment."""
        named = {name: out[name] for name in ("amount", "paid_on", "reference")}
        return Message(lender, {"message": f"{key}-9", "key": key, "seq": 9, "answer": "funded"} | named)

    def release(self) -> list[Message]:
        """What was held back, to be sent now."""
        with self.lock:
            held, self.held = self.held, []
        return held

    def state(self) -> dict[str, Any]:
        """For who looks on: what came, what was withdrawn, what was sent and how it was received."""
        with self.lock:
            keys = [{"lender": lender, "key": key, "reference": r} for (lender, key), r in self.references.items()]
            told = {"papers": list(self.papers), "withdrawn": list(self.withdrawn), "sent": list(self.sent)}
            return {"taken": keys, "held": len(self.held)} | told

    def fetched(self, key: str, code: str, status: int | None, *, good: bool) -> None:
        """Note how one paper came: `good` where its bytes have the digest that the file names."""
        with self.lock:
            self.papers.append({"key": key, "code": code, "status": status, "good": good})

    def lacking(self, key: str) -> tuple[str, ...]:
        """The papers of a file that did not come, or came as something else."""
        with self.lock:
            bad = [one["code"] for one in self.papers if one["key"] == key and not one["good"]]
        return tuple(dict.fromkeys(bad))

    def _answers(self, lender: str, key: str, said: Said, manner: str) -> list[Message]:
        last = Message(lender, {"message": f"{key}-2", "key": key, "seq": 2} | said.document())
        match manner:
            case "never":
                return []
            case "late":
                with self.lock:
                    self.held.append(last)
                return []
            case "twice":
                return [last, last]
            case "out_of_order":
                early = Said("asked_more", papers=("bank_statement",), reason="初审").document()
                return [last, Message(lender, {"message": f"{key}-1", "key": key, "seq": 1} | early)]
            case "bad_signature":
                return [Message(lender, last.body, spoiled=True)]
            case _:
                return [last]
