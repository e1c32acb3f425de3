"""What a check of an audit chain finds, and that it finds nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from server.access.audit.checking import Findings, check_chain
from server.access.signing import PublicKeys, SigningKey, trust
from server.stores.chain import GENESIS, AuditEntry, Head, Record, link

KEY = SigningKey.of(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LENGTH = 6


def chain(length: int = LENGTH) -> list[Record]:
    """Some records; the fourth says that the details of the second are erased, and they are."""
    records: list[Record] = []
    for sequence in range(1, length + 1):
        entry = AuditEntry(
            "acme",
            None,
            "audit.erase" if sequence == 4 else "validate",
            "PASS",
            policies=("default@1:abc",),
            details={"answer": f"no {sequence}"},
            erases=(2,) if sequence == 4 else (),
        )
        previous = records[-1].hash if records else GENESIS
        records.append(link(previous, entry, sequence, NOON, f"{sequence:032x}"))
    return [replace(record, salt=None, details=None) if record.sequence == 2 else record for record in records]


def head_of(record: Record, key: SigningKey = KEY) -> Head:
    """The signed head of a chain that ends with a record."""
    head = Head(record.tenant, record.sequence, record.hash, 1_780_000_000_000_000, key.key_id)
    return replace(head, signature=key.sign(head.statement).hex())


RECORDS = chain()
HEAD = head_of(RECORDS[-1])


def check(records: list[Record], head: Head | None = HEAD, *witnesses: Head, keys: PublicKeys = trust(KEY)) -> Findings:
    """The findings in the chain of acme."""
    return check_chain("acme", records, head, keys, witnesses)


def messages(findings: Findings) -> str:
    """What is wrong, in one text."""
    return "\n".join(f"{problem.sequence}: {problem.message}" for problem in findings.problems)


def test_an_untouched_chain_has_no_problem() -> None:
    """Erased details are no problem where a record says so."""
    assert check(RECORDS) == Findings("acme", LENGTH, 1, ())


@st.composite
def changes(draw: st.DrawFn) -> tuple[list[Record], Head]:
    """The chain with one character, of one column, of one record or of the head, replaced by another."""
    at = draw(st.integers(0, LENGTH))
    row: Record | Head = HEAD if at == LENGTH else RECORDS[at]
    texts = {name: value for name in type(row).__slots__ if isinstance(value := getattr(row, name), str) and value}
    name = draw(st.sampled_from(sorted(texts)))
    place = draw(st.integers(0, len(texts[name]) - 1))
    other = draw(st.characters(codec="utf-8").filter(lambda character: character != texts[name][place]))
    changed = replace(row, **{name: texts[name][:place] + other + texts[name][place + 1 :]})
    if isinstance(changed, Head):
        return RECORDS, changed
    return [*RECORDS[:at], changed, *RECORDS[at + 1 :]], HEAD


@given(changes())
def test_any_changed_character_is_found(change: tuple[list[Record], Head]) -> None:
    """In whatever column of whatever record, and in the head."""
    assert check(*change).problems


@given(st.sets(st.integers(0, LENGTH - 1), min_size=1))
def test_any_removed_records_are_found(removed: set[int]) -> None:
    """At the beginning, in the middle, at the end, or all of them."""
    assert check([record for at, record in enumerate(RECORDS) if at not in removed]).problems


@given(st.permutations(range(LENGTH)).filter(lambda order: order != sorted(order)))
def test_any_other_order_is_found(order: list[int]) -> None:
    """Whether the records keep their numbers or take those of their new places."""
    moved = [RECORDS[at] for at in order]
    assert check(moved).problems
    assert check([replace(record, sequence=place) for place, record in enumerate(moved, start=1)]).problems


@given(st.integers(0, LENGTH - 1))
def test_a_record_that_was_added_is_found(after: int) -> None:
    """Even with a fitting hash, and all the hashes after it made to fit: nobody else can sign the head."""
    records = RECORDS[:after]
    for sequence in range(after + 1, LENGTH + 2):
        previous = records[-1].hash if records else GENESIS
        records.append(link(previous, AuditEntry("acme", None, "validate", "PASS"), sequence, NOON, "5a"))
    forged = head_of(records[-1], SigningKey.of(Ed25519PrivateKey.generate()))
    assert check(records).problems
    assert "signed by a key that is not trusted" in messages(check(records, forged))
    assert "not what the key" in messages(check(records, replace(forged, key_id=KEY.key_id)))


@pytest.mark.parametrize("column", ["sequence", "signed_at"])
def test_a_changed_number_of_the_head_is_found(column: str) -> None:
    """It is signed with the rest."""
    assert check(RECORDS, replace(HEAD, **{column: getattr(HEAD, column) + 1})).problems


def test_erased_details_without_a_record_of_it_are_found() -> None:
    """Erasing is allowed, and never silent."""
    silent = [replace(record, salt=None, details=None) if record.sequence == 3 else record for record in RECORDS]
    half = [replace(record, salt=None) if record.sequence == 3 else record for record in RECORDS]
    assert messages(check(silent)) == "3: its details are gone, and no record says that they were erased"
    assert messages(check(half)) == "3: only a part of its details was erased"


def test_without_a_head_the_chain_could_have_been_cut() -> None:
    """So a chain without one is no good."""
    assert messages(check(RECORDS, None)) == "0: has no signed head, so that nothing shows whether it was cut off"


def test_a_chain_that_was_cut_together_with_its_head_contradicts_a_head_put_aside() -> None:
    """An older head that somebody kept fits an older chain; one that was put aside since has seen more."""
    cut, older = RECORDS[:4], head_of(RECORDS[3])
    assert check(cut, older).problems == ()
    assert "has seen record 6" in messages(check(cut, older, HEAD))
    assert check(RECORDS, HEAD, older).problems == ()


def test_a_chain_that_was_written_anew_contradicts_a_head_put_aside() -> None:
    """Even by one who has the key."""
    other = [link(GENESIS, AuditEntry("acme", None, "validate", "BLOCK"), 1, NOON, "5a")]
    assert "1: is not the record" in messages(check(other, head_of(other[0]), head_of(RECORDS[0])))
