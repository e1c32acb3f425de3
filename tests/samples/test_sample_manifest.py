import datetime
import re
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[2] / "samples"

Documents = dict[str, dict[str, Any]]

REQUIRED = {"path", "document_id", "collection", "title", "labels", "region", "version", "source_uri"}
OPTIONAL = {"type", "entities", "valid_from", "valid_until"}
TYPES = {"text", "markdown", "html", "pdf", "docx", "csv", "json", "contract", "policy", "faq", "chat", "email"}


def test_every_entry_has_the_documented_fields(documents: Documents) -> None:
    """An entry has all required fields, none that the manifest's header does not explain, and a known type."""
    for document_id, entry in documents.items():
        assert set(entry) >= REQUIRED, document_id
        assert set(entry) <= REQUIRED | OPTIONAL, document_id
        assert entry.get("type", "text") in TYPES, document_id


def test_the_header_explains_every_field(documents: Documents) -> None:
    """The comment at the top of the manifest has a line for each field in use."""
    header = (SAMPLES / "manifest.yaml").read_text(encoding="utf-8").partition("\ndefaults:")[0]
    explained = set(re.findall(r"^#   (\w+)  ", header, re.MULTILINE))
    assert explained == {field for entry in documents.values() for field in entry}


def test_document_ids_and_addresses_are_unique(manifest: dict[str, Any]) -> None:
    """No two entries share an id, a file or a source address."""
    entries = manifest["documents"]
    for field in ("document_id", "path", "source_uri"):
        assert len({entry[field] for entry in entries}) == len(entries), field


def test_the_manifest_lists_exactly_the_files_of_the_corpus(documents: Documents) -> None:
    """Every file of the corpus is listed, and every listed file exists."""
    files = {path.relative_to(SAMPLES).as_posix() for path in (SAMPLES / "corpus").rglob("*") if path.is_file()}
    assert {entry["path"] for entry in documents.values()} == files


def test_a_document_lies_in_the_folder_of_its_collection(documents: Documents) -> None:
    """The folder below corpus/ is the collection."""
    for entry in documents.values():
        assert Path(entry["path"]).parts[:2] == ("corpus", entry["collection"])


def test_versions_are_text_and_periods_are_dates_in_order(documents: Documents) -> None:
    """A version such as 1.10 stays text, and no document ends before it begins."""
    for document_id, entry in documents.items():
        assert isinstance(entry["version"], str), document_id
        valid_from = entry.get("valid_from", datetime.date.min)
        valid_until = entry.get("valid_until", datetime.date.max)
        assert valid_from <= valid_until, document_id


def test_entity_keys_name_their_kind(documents: Documents) -> None:
    """An entity key is kind/key, so that a customer and an order of the same number stay apart."""
    for entry in documents.values():
        for key in entry.get("entities", []):
            assert re.fullmatch(r"[a-z]+/[A-Za-z0-9-]+", key), key


def test_source_addresses_are_reserved_for_examples(documents: Documents) -> None:
    """Source addresses lie under example.com, which nobody can own (RFC 2606)."""
    for entry in documents.values():
        assert entry["source_uri"].startswith("https://example.com/")


def test_the_superseded_policy_ends_the_day_before_its_successor(documents: Documents) -> None:
    """On every day exactly one version of the returns policy holds."""
    ended = documents["returns-policy-2024"]["valid_until"]
    assert ended + datetime.timedelta(days=1) == documents["returns-policy-2026"]["valid_from"]


def test_files_stay_small(documents: Documents) -> None:
    """No file of the corpus is larger than 50 kB."""
    for entry in documents.values():
        assert 0 < (SAMPLES / entry["path"]).stat().st_size <= 50_000, entry["path"]
