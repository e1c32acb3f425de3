"""The whole benchmark on two small documents, with an embedder that needs no model."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from chunkers import DocumentType, parse
from eval.chunking import command
from eval.chunking.benchmark import ChunkingFigures, Plan, measure, recommend
from eval.chunking.choices import Choice, choices_in
from eval.chunking.page import _round_step, page
from eval.chunking.questions import Collection, Question, Reference
from eval.chunking.search import NEAREST
from server.commands.failure import CommandFailed
from server.config import load_settings
from tests.fakes import WordEmbedder

TEXTS = {
    "returns": "\n\n".join(
        f"Rule {number}: item {number} may come back within {number} days of its sale." for number in range(12)
    ),
    "garden": "\n\n".join(f"Bed {number} holds {number} roses and is watered on day {number}." for number in range(12)),
}


def collection() -> Collection:
    """Two documents and a question on each."""
    documents = {name: parse(text.encode(), DocumentType.TEXT) for name, text in TEXTS.items()}
    quotes = {"returns": "Rule 7: item 7 may come back", "garden": "Bed 5 holds 5 roses"}
    questions = [
        Question(quote, (Reference(name, TEXTS[name].index(quote), TEXTS[name].index(quote) + len(quote)),))
        for name, quote in quotes.items()
    ]
    return Collection("small", documents, questions)


@pytest.fixture(scope="module")
def figures() -> ChunkingFigures:
    """Two of the service's sizes and a baseline, in two modes."""
    embedder = WordEmbedder()
    choices = choices_in("service:24/0*2,service:80/0,recursive:24/0")
    plan = Plan(choices, [NEAREST, "hybrid"], 3, embedder.version, embedder.count_tokens)
    return measure(collection(), plan, embedder, lambda _: None)


def test_every_choice_is_measured_in_every_mode(figures: ChunkingFigures) -> None:
    """Three choices, two modes, all of them find the answers that repeat the question."""
    assert len(figures.results) == 6
    assert all(result.recall.mean > 0.9 for result in figures.results)
    assert set(figures.cutters) == {"service 24/0*2", "service 80/0", "recursive 24/0"}


def test_the_cheaper_of_two_choices_that_find_the_same_is_recommended(figures: ChunkingFigures) -> None:
    """Smaller chunks read fewer tokens; a mode that the service does not offer is not recommended."""
    assert figures.recommendation is not None
    assert figures.recommendation.result.name == "service 24/0*2, hybrid"
    assert all(each.verdict == "no significant difference" for each in figures.recommendation.comparisons)


def test_nothing_is_recommended_among_baselines(figures: ChunkingFigures) -> None:
    """A server cannot be set to them."""
    assert recommend([result for result in figures.results if not result.choice.is_service]) is None


def test_the_page_is_self_contained(figures: ChunkingFigures) -> None:
    """It names every choice, fetches nothing, and runs nothing."""
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    html = page(figures)
    Reader().feed(html)

    assert all(result.name in html for result in figures.results)
    assert not {"script", "img", "iframe"} & {tag for tag, _ in seen}
    assert {attributes["href"] for tag, attributes in seen if tag == "link"} == {"data:,"}
    assert "src" not in {name for _, attributes in seen for name in attributes}


def test_the_written_settings_are_what_a_server_loads(figures: ChunkingFigures, tmp_path: Path) -> None:
    """The recommended sizes, in a file for `serve --config`."""
    file = tmp_path / "chunking.yaml"

    command._write_config(file, figures.recommendation)

    settings, chosen = load_settings(file), figures.recommendation
    assert chosen is not None
    assert settings.max_chunk_tokens == chosen.result.choice.size
    assert settings.chunks_a_passage == chosen.result.choice.chunks_a_passage
    assert yaml.safe_load(file.read_text())["chunk_overlap_tokens"] == 0


@pytest.mark.parametrize(("least", "step"), [(0.0, 1), (1.0, 1), (281.0, 500), (0.21, 0.25), (900.0, 1000)])
def test_axes_have_round_steps(least: float, step: float) -> None:
    """Five of them reach beyond the largest value."""
    assert _round_step(least) == pytest.approx(step)


@pytest.mark.parametrize("text", ["magic:200/0", "service:200/150", "service:x", "recursive:100/60", "service:64/0*0"])
def test_a_choice_that_cannot_be_is_refused_by_name(text: str) -> None:
    """The message repeats the choice."""
    with pytest.raises(CommandFailed, match=re.escape(text)):
        choices_in(text)


def test_a_choice_without_overlap_has_none() -> None:
    """The short form."""
    assert choices_in("service:120") == [Choice("service", 120, 0)]


def test_a_choice_may_join_chunks() -> None:
    """So many for each passage."""
    assert [str(choice) for choice in choices_in("service:64/8*3")] == ["service 64/8*3"]
