"""`groundwire eval chunking`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich import box
from rich.console import Console
from rich.table import Table

from eval.chunking.benchmark import ChunkingFigures, Plan, Recommendation, measure
from eval.chunking.choices import choices_in
from eval.chunking.costs import Prices, Traffic
from eval.chunking.drafting import draft_questions, write_drafts
from eval.chunking.page import page
from eval.chunking.questions import Collection, read_chroma, read_documents, read_legalbench, read_own
from eval.chunking.search import MODES
from eval.chunking.tokenizers import EMBEDDER, NAMES, token_counter
from eval.report import table_console, write_json
from eval.serving import Json
from server.commands.failure import CommandFailed
from server.config import load_settings
from server.models.loading import load_embedder
from server.models.scheduler import Scheduler

_CHOICES = "service:64/0*3,service:100/0,service:200/0,service:300/0,recursive:200/0"
_TRAFFIC = Traffic()
_PRICES = Prices()


def chunking(
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder in Chroma's or LegalBench-RAG's form, or of documents.")],
    questions: Annotated[
        str,
        typer.Option(
            help="A CSV file with question, document and quote, or the name of a LegalBench-RAG benchmark. "
            "Default: the folder is in Chroma's form."
        ),
    ] = "",
    choices: Annotated[
        str, typer.Option(help="chunker:size/overlap*chunks_a_passage, with commas between.")
    ] = _CHOICES,
    modes: Annotated[str, typer.Option(help=f"Of {', '.join(MODES)}, with commas between.")] = "nearest,hybrid",
    count: Annotated[int, typer.Option("-n", min=1, max=100, help="Passages of a request.")] = 5,
    tokenizer: Annotated[str, typer.Option(help=f"Whose tokens are billed: {', '.join(NAMES)}.")] = EMBEDDER,
    requests: Annotated[int, typer.Option(min=1, help="Requests a day.")] = _TRAFFIC.requests_a_day,
    system_tokens: Annotated[int, typer.Option(min=0, help="Tokens of the system prompt.")] = _TRAFFIC.system_tokens,
    question_tokens: Annotated[int, typer.Option(min=0, help="Tokens of a question.")] = _TRAFFIC.question_tokens,
    output_tokens: Annotated[int, typer.Option(min=0, help="Tokens of an answer.")] = _TRAFFIC.output_tokens,
    input_price: Annotated[float, typer.Option(min=0, help="Dollars a million input tokens.")] = _PRICES.input,
    output_price: Annotated[float, typer.Option(min=0, help="Dollars a million output tokens.")] = _PRICES.output,
    cache_discount: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the price that a cached system prompt saves.")
    ] = _PRICES.cache_discount,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report for a browser.")] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the recommended settings, for `serve --config`.")
    ] = None,
    json: Json = None,
) -> None:
    """Compare ways of cutting documents by what they find, read in vain and cost, and recommend one."""
    wanted_modes = [mode.strip() for mode in modes.split(",") if mode.strip()]
    if unknown := set(wanted_modes) - set(MODES):
        raise CommandFailed(f"--modes: of {', '.join(MODES)}, got {', '.join(sorted(unknown))}")
    collection = _collection(data, questions)
    scheduler = Scheduler()
    try:
        embedder = load_embedder(load_settings().embedder, scheduler)
        plan = Plan(
            choices=choices_in(choices),
            modes=wanted_modes,
            count=count,
            tokenizer=embedder.version if tokenizer == EMBEDDER else tokenizer,
            count_tokens=token_counter(tokenizer, embedder),
            traffic=Traffic(requests, system_tokens, question_tokens, output_tokens),
            prices=Prices(input_price, output_price, cache_discount),
        )
        with Console(stderr=True).status("reading") as status:
            figures = measure(collection, plan, embedder, status.update)
    finally:
        scheduler.close()
    _show(figures)
    write_json(json, "chunking", str(data), figures)
    if html is not None:
        html.write_text(page(figures), encoding="utf-8")
    if config is not None:
        _write_config(config, figures.recommendation)


def draft(
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder of documents.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The CSV file to write, outside of the folder.")],
    count: Annotated[int, typer.Option("-n", min=1, help="Drafts at the most.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
) -> None:
    """Draft questions on your documents; write yes into the column accept of those to keep, then run `chunking`."""
    documents = read_documents(data)
    drafts = draft_questions(documents, count, seed)
    if not drafts:
        raise CommandFailed(f"{data}: {len(documents)} documents could be read, and none has statements to ask about")
    write_drafts(out, drafts)
    Console(stderr=True).print(f"{len(drafts)} drafts on {len(documents)} documents in {out}")


def _collection(data: Path, questions: str) -> Collection:
    if not questions:
        return read_chroma(data)
    if (data / f"{questions}.json").exists():
        return read_legalbench(data, questions)
    return read_own(data, Path(questions))


def _show(figures: ChunkingFigures) -> None:
    console = table_console()
    console.print(_results(figures))
    console.print(_cutters(figures))
    chosen = figures.recommendation
    if chosen is None:
        return
    console.print(f"Recommended: {chosen.result.name}. {chosen.reason}")
    for comparison in chosen.comparisons:
        console.print(
            f"  recall against {comparison.name}: {comparison.difference.signed}, {comparison.verdict}; "
            f"precision {comparison.precision.signed}"
        )


def _results(figures: ChunkingFigures) -> Table:
    table = Table(
        title=f"{figures.collection}: {figures.questions} questions on {figures.documents} documents, "
        f"{figures.count} passages a request",
        caption=f"Percent, with 95 % intervals of the recall. Tokens by {figures.tokenizer}.",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("choice", no_wrap=True)
    for heading in ("recall", "", "precision", "IoU", "span\nintact", "nDCG", "tokens a\nrequest", "$ a\nmonth"):
        table.add_column(heading, justify="right")
    for result in figures.results:
        means = (result.precision, result.iou, result.span_intact, result.ndcg)
        table.add_row(
            result.name,
            f"{100 * result.recall.mean:.1f}",
            f"[{100 * result.recall.low:.1f}, {100 * result.recall.high:.1f}]",
            *(f"{100 * each.mean:.1f}" for each in means),
            f"{result.tokens:,.0f}",
            f"{result.bill.dollars_a_month:,.0f}",
        )
    return table


def _cutters(figures: ChunkingFigures) -> Table:
    table = Table(title="Before any search", box=box.SIMPLE_HEAD)
    table.add_column("choice", no_wrap=True)
    for heading in ("chunks", "mean\ntokens", "PrecisionOmega", "seconds\na megabyte", "peak memory,\nbytes a byte"):
        table.add_column(heading, justify="right")
    for name, cutter in figures.cutters.items():
        table.add_row(
            name,
            f"{cutter.chunks:,}",
            f"{cutter.mean_tokens:.0f}",
            f"{100 * cutter.precision_omega.mean:.1f}",
            f"{cutter.seconds_a_megabyte:.2f}",
            f"{cutter.peak_memory_a_byte:.1f}",
        )
    return table


def _write_config(file: Path, chosen: Recommendation | None) -> None:
    if chosen is None:
        raise CommandFailed("--config: none of the choices is the service's own, so there is nothing to set")
    choice = chosen.result.choice
    settings = yaml.safe_dump(
        {
            "max_chunk_tokens": choice.size,
            "chunk_overlap_tokens": choice.overlap,
            "chunks_a_passage": choice.chunks_a_passage,
        }
    )
    file.write_text(f"# {chosen.result.name}: {chosen.reason}\n{settings}", encoding="utf-8")
