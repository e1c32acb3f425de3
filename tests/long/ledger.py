"""What a client has sent to a server and what was acknowledged, and whether the server still agrees after a crash."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field

import grpc

import groundwire
from groundwire.v1 import corpus_pb2, evidence_pb2, retriever_pb2

COLLECTION = "ledger"
_SECONDS = 60.0
_WORDS = "copper kettle river delta green lamp harbour letters brass clock winter garden bridge signal paper".split()


@dataclass
class Entry:
    """One document: every state that was asked for since the last acknowledged one, that one first.

    A state is the document's text, or None for absent.
    """

    states: list[str | None] = field(default_factory=lambda: [None])

    def settle(self, state: str | None) -> None:
        """`state` is acknowledged: nothing older may be seen again."""
        del self.states[: self.states.index(state)]


class Ledger:
    """A client that writes until the server dies, and then holds it to what it acknowledged."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._entries: defaultdict[str, Entry] = defaultdict(Entry)
        self._written = 0
        self.acknowledged = 0

    def write_until_the_server_dies(self, client: groundwire.Client) -> None:
        """Store new documents and new versions, and delete some, a few in each call."""
        try:
            while True:
                names = self._random.sample([f"d{number}" for number in range(60)], self._random.randint(1, 6))
                if self._random.random() < 0.15:
                    self._delete(client, names[:2])
                else:
                    self._store(client, names)
        except grpc.RpcError:
            return

    def disagreements(self, client: groundwire.Client) -> list[str]:
        """What the server has lost, or shows by halves, in a sentence each."""
        return [problem for name, entry in self._entries.items() for problem in _problems(client, name, entry)]

    def _store(self, client: groundwire.Client, names: list[str]) -> None:
        texts = {name: self._text() for name in names}
        for name, text in texts.items():
            self._entries[name].states.append(text)
        requests = [
            corpus_pb2.UpsertDocumentsRequest(
                document=corpus_pb2.DocumentInput(
                    collection=COLLECTION, document_id=name, data=text.encode(), type="text"
                )
            )
            for name, text in texts.items()
        ]
        reply = client.corpus.UpsertDocuments(iter(requests), timeout=_SECONDS)
        for result in reply.results:
            self._entries[result.document_id].settle(texts[result.document_id])
            self.acknowledged += 1

    def _delete(self, client: groundwire.Client, names: list[str]) -> None:
        for name in names:
            self._entries[name].states.append(None)
        request = corpus_pb2.DeleteDocumentsRequest(collection=COLLECTION, document_ids=names)
        client.corpus.DeleteDocuments(request, timeout=_SECONDS)
        for name in names:
            entry = self._entries[name]
            entry.states = entry.states[-1:]
            self.acknowledged += 1

    def _text(self) -> str:
        """A few paragraphs that no other document has, each of them a chunk or more."""
        self._written += 1
        paragraphs = [
            f"Entry {self._written} part {part}: {' '.join(self._random.choices(_WORDS, k=24))}."
            for part in range(self._random.randint(1, 5))
        ]
        return "\n\n".join(paragraphs)


def _problems(client: groundwire.Client, name: str, entry: Entry) -> list[str]:
    stored = _stored(client, name)
    text = None if stored is None else stored.text
    if text not in entry.states:
        return [f"{name}: shows a state that is older than the acknowledged one, or that nobody sent: {text!r}"]
    problems = []
    for mode in (evidence_pb2.RETRIEVAL_MODE_DENSE, evidence_pb2.RETRIEVAL_MODE_LEXICAL):
        found = _found(client, name, mode)
        chunks = {} if stored is None else {chunk.span.start: chunk.text for chunk in stored.chunks}
        if found != chunks:
            problems.append(f"{name}: {len(found)} of {len(chunks)} chunks are found in mode {mode}")
    if stored is not None:
        problems += _torn(name, stored)
    return problems


def _stored(client: groundwire.Client, name: str) -> corpus_pb2.GetDocumentResponse | None:
    request = corpus_pb2.GetDocumentRequest(
        collection=COLLECTION, document_id=name, include_text=True, include_chunks=True
    )
    try:
        return client.corpus.GetDocument(request, timeout=_SECONDS)
    except grpc.RpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            return None
        raise


def _found(client: groundwire.Client, name: str, mode: evidence_pb2.RetrievalMode.ValueType) -> dict[int, str]:
    spec = evidence_pb2.RetrieveSpec(
        query="Entry part",
        collections=[COLLECTION],
        filter=evidence_pb2.Filter(document_ids=[name]),
        top_k=100,
        mode=mode,
    )
    reply = client.retriever.Retrieve(retriever_pb2.RetrieveRequest(spec=spec), timeout=_SECONDS)
    return {passage.document_span.start: passage.text for passage in reply.passages}


def _torn(name: str, stored: corpus_pb2.GetDocumentResponse) -> list[str]:
    """Chunks that are not what their span says, or text that is in none."""
    raw, held = stored.text.encode(), bytearray(stored.text.encode())
    problems = []
    for chunk in stored.chunks:
        if raw[chunk.span.start : chunk.span.end] != chunk.text.encode():
            problems.append(f"{name}: chunk {chunk.ordinal} is not the text at its span")
        held[chunk.span.start : chunk.span.end] = b" " * (chunk.span.end - chunk.span.start)
    if held.strip():
        problems.append(f"{name}: no chunk holds {bytes(held.strip())[:40]!r}")
    return problems
