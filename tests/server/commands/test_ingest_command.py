from pathlib import Path

import pytest

from tests.server.commands.runs import Run

SAMPLES = Path(__file__).parents[3] / "samples"
HANDBOOK = "# Leave\n\nEmployees have 28 days of paid leave a year.\n\n# Travel\n\nTrains are booked in second class.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files to take, one that is no document, and a hidden one."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "handbook.md").write_text(HANDBOOK)
    (tmp_path / "notes" / "café.txt").write_text("The café opens at 8:30.")
    (tmp_path / "packed.gz").write_bytes(b"\x1f\x8b\x08\x00rest")
    (tmp_path / ".env").write_text("SECRET=1")
    return tmp_path


def test_every_file_is_taken_or_has_a_line_that_says_why_not(connected: Run, folder: Path) -> None:
    """The summary counts all, and the exit code tells a script that something was left out."""
    ran = connected("ingest", folder, "-c", "ingest-1")
    assert ran.code == 3
    assert "not taken  packed.gz: UNSUPPORTED_TYPE" in ran.out
    assert "not taken  .env: HIDDEN_FILE" in ran.out
    assert "4 files: 2 new, 0 updated, 0 unchanged, 1 not taken (1 UNSUPPORTED_TYPE), 1 hidden" in ran.out


def test_the_same_files_again_change_nothing(connected: Run, folder: Path) -> None:
    """Ingesting is safe to repeat, and says so."""
    (folder / "packed.gz").unlink()
    first = connected("ingest", folder, "-c", "ingest-2")
    (folder / "handbook.md").write_text(HANDBOOK + "\n# Sickness\n\nCall before 9:00.\n")
    second = connected("ingest", folder, "-c", "ingest-2")
    assert (first.code, second.code) == (0, 0)
    assert "0 new, 1 updated, 1 unchanged" in second.out


def test_json_has_one_result_for_each_file(connected: Run, folder: Path) -> None:
    """What never reached the server is told in the same form."""
    results = connected("ingest", folder, "-c", "ingest-3", "--json").json["results"]
    assert {result["document_id"]: result["status"] for result in results} == {
        ".env": "UPSERT_STATUS_REJECTED",
        "handbook.md": "UPSERT_STATUS_CREATED",
        "notes/café.txt": "UPSERT_STATUS_CREATED",
        "packed.gz": "UPSERT_STATUS_REJECTED",
    }


def test_many_files_go_in_batches(connected: Run, tmp_path: Path) -> None:
    """More files than one call carries are all stored."""
    for number in range(70):
        (tmp_path / f"{number}.txt").write_text(f"This is note number {number}.")
    assert "70 files: 70 new" in connected("ingest", tmp_path, "-c", "ingest-4").out


def test_documents_and_their_descriptions_come_from_a_manifest(connected: Run, tmp_path: Path) -> None:
    """The corpus knows what the manifest says."""
    (tmp_path / "a.md").write_text(HANDBOOK)
    (tmp_path / "manifest.yaml").write_text(
        "documents: [{path: a.md, document_id: handbook, version: '2026', labels: [staff]}]"
    )
    assert connected("ingest", "--manifest", tmp_path / "manifest.yaml", "-c", "ingest-5").code == 0
    document = connected("documents", "show", "ingest-5", "handbook", "--json").json["document"]
    assert (document["version_label"], document["labels"]) == ("2026", ["staff"])


@pytest.mark.parametrize("arguments", [(), ("--manifest", SAMPLES / "manifest.yaml", SAMPLES), ("no-such-folder",)])
def test_it_is_told_what_to_ingest_in_one_way(run: Run, arguments: tuple[object, ...]) -> None:
    """Neither nothing, nor two things at once, nor what is not there."""
    assert run("ingest", *arguments).code == 2


def test_without_a_server_it_fails_in_two_lines(run: Run, folder: Path) -> None:
    """A person reads what to do, and no traceback."""
    ran = run("ingest", folder, "--server", "127.0.0.1:1")
    assert ran.code == 1
    assert ran.err.startswith("error: no Groundwire server answers at 127.0.0.1:1\nStart one")


def test_a_limit_of_the_server_is_shown_as_it_says_it(connected: Run, folder: Path) -> None:
    """Field, limit, and what was sent."""
    ran = connected("ingest", folder, "-c", "x" * 300)
    assert ran.code == 1
    assert "FIELD_TOO_LONG: documents[0].collection: at most 256 bytes, got 300" in ran.err


def test_an_unreadable_file_does_not_stop_the_others(connected: Run, folder: Path) -> None:
    """A folder may hold what nobody may read."""
    (folder / "dead.md").symlink_to(folder / "nowhere")
    ran = connected("ingest", folder, "-c", "ingest-6")
    assert "not taken  dead.md: FILE_UNREADABLE: the file cannot be read: No such file or directory" in ran.out
    assert "2 new" in ran.out
