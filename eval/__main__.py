"""`groundwire eval ...`: every benchmark as a command."""

from __future__ import annotations

import typer

from eval.access.command import access, governance, interference
from eval.chunking.command import chunking, draft
from eval.cutting.command import cutting
from eval.freshness.command import freshness
from eval.golden.command import golden
from eval.grounding.command import grounding
from eval.injection.command import injection
from eval.judge_speed.command import judge_speed
from eval.retrieval.command import retrieval
from eval.risk.command import risk
from eval.speed.command import speed
from eval.streaming.command import stream
from eval.verdict.command import verdict

app = typer.Typer(help="Measure the service on your own data or on public test sets.", no_args_is_help=True)
app.command()(retrieval)
app.command()(grounding)
app.command()(golden)
app.command()(chunking)
app.command("questions")(draft)
app.command()(cutting)
app.command()(speed)
app.command("judge-speed")(judge_speed)
app.command()(access)
app.command()(interference)
app.command()(governance)
app.command()(freshness)
app.command()(stream)
app.command()(risk)
app.command()(verdict)
app.command()(injection)

if __name__ == "__main__":
    app()
