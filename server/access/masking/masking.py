"""Masks what a caller may not read in passages and documents: before a model, a case, a log or a reply sees it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from server.access.masking.detectors import Searchable
from server.access.masking.edits import Edit, Edited, apart
from server.access.masking.fields import field_name, find_fields
from server.access.masking.policy import MaskingPolicy, Rule, Treatment
from server.domain import (
    Attributes,
    Caller,
    DocumentVersion,
    EntityCard,
    LeftOut,
    LeftOutReason,
    Passage,
    Query,
    Retrieval,
    Span,
    StoredChunk,
    StoredDocument,
)

_TOKEN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Masking:
    """The steps that mask; `secret` keys the tokens, which are the same for one value throughout a tenant."""

    policy: MaskingPolicy
    secret: bytes
    count_tokens: Callable[[str], int]

    def retrieval(self, query: Query, retrieval: Retrieval) -> Retrieval:
        """What was found, as the caller may read it.

        Tokens are counted anew; passages that would now exceed the query's budget are left out, the last ones first.
        """
        if retrieval.card is not None:
            retrieval = replace(retrieval, card=self._card(query.caller, retrieval.card, retrieval.passages))
        passages = tuple(
            self._unguessable(query.caller, each) for each in self._passages(query.caller, retrieval.passages)
        )
        if passages == retrieval.passages:
            return retrieval
        kept, left_out = list(passages), list(retrieval.left_out)
        while query.token_budget and sum(passage.tokens for passage in kept) > query.token_budget:
            last = kept.pop()
            left_out.append(LeftOut(last.passage_id, LeftOutReason.TOKEN_BUDGET, last.tokens))
        tokens = sum(passage.tokens for passage in kept)
        return replace(retrieval, passages=tuple(kept), tokens=tokens, left_out=tuple(left_out))

    def brought(self, caller: Caller, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        """Passages that a caller brought along, masked where the policy says so."""
        return self._passages(caller, passages) if self.policy.caller_passages else passages

    def document(self, caller: Caller, document: StoredDocument) -> StoredDocument:
        """A document as the caller may read it; the chunks' places are those in the text that is given."""
        rules = self._rules(caller, document.version.key.collection)
        version = self.version(caller, document.version)
        edited = self._edited(rules, caller.tenant, document.text)
        headings = {heading for chunk in document.chunks for heading in chunk.heading_path}
        if not edited.edits and all(self._short(rules, caller.tenant, heading) == heading for heading in headings):
            return replace(document, version=version)
        text = edited.text
        chunks = tuple(self._chunk(rules, caller.tenant, chunk, edited, text) for chunk in document.chunks)
        return StoredDocument(version, text, chunks)

    def version(self, caller: Caller, version: DocumentVersion) -> DocumentVersion:
        """What is known of a version of a document, as the caller may read it."""
        key, rules = version.key, self._rules(caller, version.key.collection)
        return replace(
            version,
            attributes=self._attributes(rules, caller.tenant, version.attributes),
            content_hash=self._hash(caller, key.collection, key.document_id, version.version, version.content_hash),
        )

    def _attributes(self, rules: Sequence[Rule], tenant: str, attributes: Attributes) -> Attributes:
        """What is said of a document; names of metadata count as those of fields."""
        metadata = {name: self._value(rules, tenant, name, value) for name, value in attributes.metadata.items()}
        return replace(attributes, title=self._short(rules, tenant, attributes.title), metadata=metadata)

    def _unguessable(self, caller: Caller, passage: Passage) -> Passage:
        """A passage whose document's hash is as the caller may read it."""
        told = self._hash(caller, passage.collection, passage.document_id, passage.version, passage.content_hash)
        return passage if told == passage.content_hash else replace(passage, content_hash=told)

    def _hash(self, caller: Caller, collection: str, document_id: str, version: int, content_hash: str) -> str:
        """The hash of a document's content; for whom rules hide some of it, one that nobody can make from a guess at the content.

        It is keyed, and that of one version alone, so that not even an equal document has it.
        """
        if not content_hash or not self._rules(caller, collection):
            return content_hash
        message = "\0".join((caller.tenant, collection, document_id, str(version), content_hash)).encode()
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()

    def _card(self, caller: Caller, card: EntityCard, passages: Sequence[Passage]) -> EntityCard:
        """A card whose values are masked like its passages, and whose places are those after masking."""
        texts = {passage.passage_id: passage.text for passage in passages}
        fields = []
        for field in card.fields:
            rules = self._rules(caller, field.collection)
            digest = self._hash(caller, field.collection, field.document_id, field.version, field.content_hash)
            masked = replace(
                field, value=self._value(rules, caller.tenant, field.name, field.value), content_hash=digest
            )
            if field.passage_span is not None and field.passage_id in texts:
                edited = self._edited(rules, caller.tenant, texts[field.passage_id])
                masked = replace(masked, passage_span=edited.moved(field.passage_span))
                if masked.value and edited.touches(field.passage_span):
                    masked = replace(masked, value=edited.read(field.passage_span).strip('"'))
            fields.append(masked)
        return replace(card, fields=tuple(fields))

    def _value(self, rules: Sequence[Rule], tenant: str, path: str, text: str) -> str:
        """The value of a field: masked as a whole for the names on the path to it, or for what is in it."""
        if not text:
            return ""
        names = [field_name(name) for name in re.split(r"[.\[\]]+", path)]
        for rule in rules:
            for name in names:
                if name in rule.field_names:
                    return self._replaced(rule.action, name, text, tenant)
        line = f"{names[-1]}: {text}"
        edited = self._edited(rules, tenant, line)
        value = Span(len(line) - len(text), len(line))
        return edited.read(value) if edited.touches(value) else text

    def _passages(self, caller: Caller, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        return tuple(
            self._passage(rules, caller.tenant, passage)
            if (rules := self._rules(caller, passage.collection))
            else passage
            for passage in passages
        )

    def _passage(self, rules: Sequence[Rule], tenant: str, passage: Passage) -> Passage:
        whole = next((rule for rule in rules if _is_inside(rule, passage.heading_path)), None)
        edited = (
            Edited(
                passage.text, (Edit(Span(0, len(passage.text)), _bracketed(passage.heading_path[-1]), "field", "mask"),)
            )
            if whole is not None
            else self._edited(rules, tenant, passage.text)
        )
        prefix = self._short(rules, tenant, passage.context_prefix)
        headings = tuple(self._short(rules, tenant, heading) for heading in passage.heading_path)
        attributes = self._attributes(rules, tenant, passage.attributes)
        if not edited.edits and (prefix, headings, attributes) == (
            passage.context_prefix,
            passage.heading_path,
            passage.attributes,
        ):
            return passage
        text = edited.text
        return replace(
            passage,
            text=text,
            masks=edited.masks,
            context_prefix=prefix,
            heading_path=headings,
            attributes=attributes,
            tokens=self.count_tokens(f"{prefix}\n{text}") if passage.tokens else 0,
        )

    def _chunk(self, rules: Sequence[Rule], tenant: str, chunk: StoredChunk, edited: Edited, text: str) -> StoredChunk:
        span = edited.moved(chunk.span)
        return replace(
            chunk,
            span=span,
            start_byte=len(text[: span.start].encode()),
            text=span.of(text),
            context_prefix=self._short(rules, tenant, chunk.context_prefix),
            heading_path=tuple(self._short(rules, tenant, heading) for heading in chunk.heading_path),
        )

    def _short(self, rules: Sequence[Rule], tenant: str, text: str) -> str:
        return self._edited(rules, tenant, text).text if text else text

    def _rules(self, caller: Caller, collection: str) -> tuple[Rule, ...]:
        return tuple(
            rule
            for rule in self.policy.rules
            if (not rule.collections or collection in rule.collections) and not rule.exempt.covers(caller)
        )

    def _edited(self, rules: Sequence[Rule], tenant: str, text: str) -> Edited:
        searchable = Searchable(text)
        return Edited(text, apart(edit for rule in rules for edit in self._edits(rule, tenant, text, searchable)))

    def _edits(self, rule: Rule, tenant: str, text: str, searchable: Searchable) -> Iterator[Edit]:
        for field in find_fields(rule.field_names, text):
            value = field.value.of(text)
            replacement = self._replaced(rule.action, field.name, value, tenant)
            yield Edit(
                field.value, _as_json(value, replacement) if field.is_member else replacement, field.name, rule.action
            )
        for kind, span in searchable.find(rule.detect):
            yield Edit(span, self._replaced(rule.action, kind, span.of(text), tenant), kind, rule.action)

    def _replaced(self, action: Treatment, what: str, value: str, tenant: str) -> str:
        match action:
            case Treatment.MASK:
                return _bracketed(what)
            case Treatment.DROP:
                return ""
            case Treatment.TOKENISE:
                return f"{what}_{self._token(tenant, what, value)}"
            case Treatment.GENERALISE:
                return _generalised(value)

    def _token(self, tenant: str, what: str, value: str) -> str:
        spelled = re.sub(r"[\s\"]", "", value).lower()
        message = "\0".join((tenant, what, spelled)).encode()
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()[:_TOKEN_DIGITS]


def _is_inside(rule: Rule, heading_path: Sequence[str]) -> bool:
    """Whether a passage is a part of a field's value: large records are cut, and their parts are known by the path to them."""
    return not rule.field_names.isdisjoint(map(field_name, heading_path))


def _bracketed(what: str) -> str:
    return f"[{what}]"


def _as_json(value: str, replacement: str) -> str:
    """The replacement of a member's value, so that a record stays one: a text, or null for nothing in place of what was no text."""
    return f'"{replacement}"' if replacement or value.startswith('"') else "null"


def _generalised(value: str) -> str:
    """The domain of an address, the year of a date, the last four digits of a number."""
    if "@" in value:
        return value[value.index("@") :].rstrip('"')
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", value)
    digits = re.sub(r"\D", "", value)
    if len(digits) > 8:
        return f"[ends in {digits[-4:]}]"
    return year[0] if year else _bracketed("generalised")
