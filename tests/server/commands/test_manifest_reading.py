from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.commands.failure import CommandFailed
from server.commands.manifest import read_manifest

SAMPLES = Path(__file__).parents[3] / "samples"


def manifest(folder: Path, text: str) -> Path:
    """A manifest file."""
    file = folder / "manifest.yaml"
    file.write_text(text)
    return file


def test_the_samples_are_described_by_a_manifest_that_can_be_read() -> None:
    """Every entry has a file."""
    files = list(read_manifest(SAMPLES / "manifest.yaml", "samples"))
    assert len(files) == 27
    assert all(file.path.is_file() for file in files)


def test_defaults_fill_in_what_an_entry_does_not_say(tmp_path: Path) -> None:
    """An entry overrides a default, which overrides the command's collection."""
    text = "defaults: {region: eu, collection: c}\ndocuments:\n- {path: a, document_id: a}\n- {path: b, document_id: b, region: us}"
    first, second = (file.document for file in read_manifest(manifest(tmp_path, text), "fallback"))
    assert (first.region, second.region, first.collection) == ("eu", "us", "c")


def test_the_last_day_of_validity_is_a_day_on_which_the_document_holds(tmp_path: Path) -> None:
    """People write the last day; the contract has the moment after it."""
    text = "documents: [{path: a, document_id: a, valid_from: 2026-02-01, valid_until: 2026-02-28}]"
    (file,) = read_manifest(manifest(tmp_path, text), "c")
    assert file.document.valid_from.ToDatetime(UTC) == datetime(2026, 2, 1, tzinfo=UTC)
    assert file.document.valid_until.ToDatetime(UTC) == datetime(2026, 3, 1, tzinfo=UTC)


def test_paths_are_relative_to_the_manifest(tmp_path: Path) -> None:
    """It can be used from any folder."""
    (file,) = read_manifest(manifest(tmp_path, "documents: [{path: x/a.md, document_id: a}]"), "c")
    assert file.path == tmp_path / "x/a.md"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("documents: [{path: a}]", "documents[0].document_id: Field required"),
        ("documents: [{path: a, document_id: a, colour: red}]", "documents[0].colour: Extra inputs are not permitted"),
        ("documents: [{path: a, document_id: a, valid_from: soon}]", "documents[0].valid_from: "),
        (
            "documents: [{path: a, document_id: a, version: 2}]",
            "documents[0].version: Input should be a valid string, got 2",
        ),
        (
            "documents: [{path: a, document_id: a}, {path: b, document_id: a}]",
            "documents[1] and documents[0] are both c/a",
        ),
        (
            "documents: [{path: a, document_id: a, valid_from: 2026-03-01, valid_until: 2026-02-01}]",
            "valid_until: 2026-02-01 is before valid_from, 2026-03-01",
        ),
        ("documents: 3", "documents: Input should be a valid tuple"),
        ("- a", "Input should be a valid dictionary"),
        ("defaults: []\ndocuments: []\nmore: 1", "more: Extra inputs"),
        ("documents: [", "is not YAML"),
        ("", "Input should be a valid dictionary"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    """A line for each wrong field."""
    with pytest.raises(CommandFailed) as failure:
        read_manifest(manifest(tmp_path, text), "c")
    assert message in str(failure.value)
    assert "manifest.yaml" in str(failure.value)
