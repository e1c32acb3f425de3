"""Documents in: drafts made and stored, many at a time, to durable and visible records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Event

from chunkers import ChunkLimits, InvalidLimits, parse
from server.access.control import AccessControl, Rights
from server.access.rules import Action
from server.deadline import NEVER, Deadline
from server.domain import Caller, DocumentKey, Preview, Source, UpsertOutcome
from server.errors import InvalidInput
from server.models.base import Embedder
from server.stores.base import Documents, Draft, Written
from server.usecases.drafting import DEFAULT_LIMITS, Drafter, Prepared, Read, Rejected, cut

_DOCUMENTS_AT_A_TIME = 32
_BYTES_AT_A_TIME = 2 << 20


@dataclass(frozen=True, slots=True)
class _Submitted:
    """A document handed to the store, whose commit is on its way."""

    prepared: Prepared
    warnings: tuple[str, ...]
    written: Future[Written]


@dataclass(frozen=True, slots=True)
class IngestDocuments:
    """Takes documents in, many at a time; one that cannot be read is rejected by itself."""

    documents: Documents
    embedder: Embedder
    access: AccessControl
    take_bytes: Callable[[str, int], None]
    limits: ChunkLimits = DEFAULT_LIMITS
    read: Read = parse

    def __call__(
        self, caller: Caller, sources: Iterable[Source], deadline: Deadline = NEVER
    ) -> Iterator[UpsertOutcome]:
        """One outcome for each source, in order, once it is durable and visible to every later query that may see it.

        A source is rejected that the caller may not store, or that would replace a document which it may not store.
        The work is done as outcomes are taken; the next documents are embedded while those before are committed. Raises
        Overloaded for more than the tenant may store, DeadlineExceeded, ModelFailure and StoreFailure; outcomes that were
        taken by then stand, and sending everything again is safe.
        """
        rights = self.access.rights(caller, Action.WRITE)
        before: list[UpsertOutcome | _Submitted] = []
        for batch in _batches(sources):
            deadline.check("ingestion")
            self.take_bytes(caller.tenant, sum(len(source.content) for source in batch))
            unsettled = {item.prepared.source.key for item in before if isinstance(item, _Submitted)}
            submitted = self._submit(batch, unsettled, rights, deadline)
            yield from map(_settled, before)
            before = submitted
        yield from map(_settled, before)

    def _submit(
        self, batch: Sequence[Source], unsettled: set[DocumentKey], rights: Rights, deadline: Deadline
    ) -> list[UpsertOutcome | _Submitted]:
        """Prepare and embed a batch, and hand it to the store without waiting for the commit."""
        current = self.documents.current([source.key for source in batch if source.key not in unsettled])
        drafter = Drafter(self.embedder, self.limits, self.read)
        steps: list[UpsertOutcome | Prepared] = []
        for source in batch:
            stored = None if source.key in unsettled else current.get(source.key)
            step = drafter.prepare(source, stored, rights)
            if isinstance(step, Prepared):
                # The store has yet to take it in, so a later source of the same name has nothing to compare with.
                unsettled.add(source.key)
            steps.append(step)
        made = [step for step in steps if isinstance(step, Prepared)]
        drafts = iter(drafter.drafts(made, rights.caller, deadline))
        return [step if isinstance(step, UpsertOutcome) else self._put(step, next(drafts)) for step in steps]

    def _put(self, prepared: Prepared, draft: Draft) -> _Submitted:
        return _Submitted(prepared, draft.warnings, self.documents.put(draft))


@dataclass(frozen=True, slots=True)
class PreviewChunks:
    """Shows how a document would be cut, without storing it."""

    embedder: Embedder
    limits: ChunkLimits = DEFAULT_LIMITS
    read: Read = parse

    def __call__(self, source: Source, max_tokens: int = 0, overlap_tokens: int = 0) -> Preview:
        """The text and the chunks, of at most `max_tokens` each; 0 means the limits that ingestion has.

        Raises InvalidInput for a document that ingestion would reject, and for limits that no document could meet.
        """
        try:
            limits = ChunkLimits(max_tokens, overlap_tokens) if max_tokens else self.limits
        except InvalidLimits as error:
            raise InvalidInput("overlap_tokens", str(error), reason="OUT_OF_RANGE") from error
        try:
            parsed, chunks = cut(source, self.read, self.embedder, limits)
        except Rejected as rejected:
            raise InvalidInput("document", str(rejected), reason=rejected.reason) from rejected
        return Preview(parsed.type.value, parsed.title, parsed.text, chunks, parsed.warnings)


@dataclass(frozen=True, slots=True)
class EmbedMissing:
    """Embeds the chunks that have no vector of this embedder: stored while it was away, or embedded by another."""

    documents: Documents
    embedder: Embedder

    def __call__(self, stop: Event | None = None) -> int:
        """How many chunks were embedded; ends early once `stop` is set, or while only a stand-in embeds.

        Raises ModelFailure and StoreFailure; what was embedded by then stays.
        """
        count, after = 0, 0
        while self.embedder.degradation is None and not (stop is not None and stop.is_set()):
            found = self.documents.unembedded(after, _DOCUMENTS_AT_A_TIME)
            if not found:
                break
            vectors = self.embedder.embed([part.text for part in found])
            for tenant in dict.fromkeys(part.tenant for part in found):
                rows = [row for row, part in enumerate(found) if part.tenant == tenant]
                self.documents.embed(tenant, [found[row].chunk_id for row in rows], vectors[rows]).result()
            count, after = count + len(found), found[-1].chunk_id
        return count


def _batches(sources: Iterable[Source]) -> Iterator[list[Source]]:
    """Runs of documents, bounded in number and, but for a single large one, in bytes."""
    batch: list[Source] = []
    size = 0
    for source in sources:
        if batch and (len(batch) == _DOCUMENTS_AT_A_TIME or size + len(source.content) > _BYTES_AT_A_TIME):
            yield batch
            batch, size = [], 0
        batch.append(source)
        size += len(source.content)
    if batch:
        yield batch


def _settled(item: UpsertOutcome | _Submitted) -> UpsertOutcome:
    """The outcome of a document, once its commit is done."""
    if isinstance(item, UpsertOutcome):
        return item
    written = item.written.result()
    return UpsertOutcome(
        key=item.prepared.source.key,
        status=written.status,
        version=written.version,
        type=written.type,
        chunks=written.chunks,
        revision=written.revision,
        warnings=item.warnings,
    )
