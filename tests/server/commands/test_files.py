import os
from pathlib import Path

import pytest

from groundwire.v1.corpus_pb2 import DocumentInput, UpsertResult
from server.commands import files
from server.commands.files import File, files_under


def reasons(paths: list[Path]) -> dict[str, str]:
    """What becomes of each file: "taken", or the reason that it is not."""
    found = {}
    for item in files_under(paths, "c"):
        loaded = item.load() if isinstance(item, File) else item
        found[loaded.document_id] = loaded.reason if isinstance(loaded, UpsertResult) else "taken"
    return found


def test_a_folder_gives_everything_below_it_under_its_relative_path(tmp_path: Path) -> None:
    """Ids are stable however the folder is named, and come in a stable order."""
    for name in ("b.md", "a/z.txt", "a/b/c.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    assert [f.document.document_id for f in files_under([tmp_path], "c") if isinstance(f, File)] == [
        "b.md",
        "a/z.txt",
        "a/b/c.md",
    ]


def test_a_file_given_itself_is_taken_under_its_name_even_if_hidden(tmp_path: Path) -> None:
    """Whoever names a file means it."""
    (tmp_path / ".notes.md").write_text("text")
    assert reasons([tmp_path / ".notes.md"]) == {".notes.md": "taken"}


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    """A hidden folder is one line, not one for each file in it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("text")
    (tmp_path / ".env").write_text("text")
    assert reasons([tmp_path]) == {".env": files.HIDDEN, ".git": files.HIDDEN}


def test_what_cannot_be_read_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """An empty file, a pipe, a dead link and a link to a folder each have their reason."""
    (tmp_path / "empty.md").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dead.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert reasons([tmp_path]) == {
        "dead.md": "FILE_UNREADABLE",
        "empty.md": "FILE_SIZE",
        "loop": "LINKED_FOLDER",
        "pipe": "NOT_A_FILE",
    }


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    """The limit is the contract's, so that one file does not fail a whole batch."""
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(files.MAX_DATA_BYTES + 1)
    assert reasons([tmp_path]) == {"large.txt": "FILE_SIZE"}


@pytest.mark.parametrize("name", ["new\nline.md", b"latin-\xe9.md", "x" * 130 + "/" + "y" * 130 + ".md"])
def test_a_name_that_is_no_document_id_is_refused(tmp_path: Path, name: str | bytes) -> None:
    """The server would refuse the whole batch for it."""
    path = tmp_path / os.fsdecode(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("text")
    assert set(reasons([tmp_path]).values()) == {"UNUSABLE_NAME"}


def test_two_files_are_never_one_document(tmp_path: Path) -> None:
    """The second would silently replace the first."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "readme.md").write_text(folder)
    found = list(files_under([tmp_path / "one", tmp_path / "two"], "c"))
    assert isinstance(found[1], UpsertResult)
    assert found[1].reason == "DUPLICATE"


def test_a_loaded_file_is_its_description_with_content(tmp_path: Path) -> None:
    """The file's name goes along, since it helps to detect the type."""
    (tmp_path / "a.md").write_text("text")
    (file,) = files_under([tmp_path], "c")
    assert isinstance(file, File)
    assert file.load() == DocumentInput(collection="c", document_id="a.md", filename="a.md", data=b"text")
