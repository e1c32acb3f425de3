"""`groundwire audit`: the record of every decision and change, read from the database and not from a server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from server.commands.failure import CommandFailed
from server.commands.serve import Config
from server.commands.terminal import counted, out, plain
from server.config import Settings, load_settings

if TYPE_CHECKING:
    from server.access.audit.checking import Findings
    from server.access.signing import PublicKeys, SigningKey
    from server.stores.audit import SqlAudit
    from server.stores.chain import Head, Record

app = typer.Typer(
    name="audit", help="Check, show and export the record of every decision and change.", no_args_is_help=True
)

DataDir = Annotated[Path | None, typer.Option(file_okay=False, help="Overrides the setting `data_dir`.")]
Keys = Annotated[
    list[Path] | None,
    typer.Option(
        "--key",
        exists=True,
        dir_okay=False,
        help="PEM file with public keys to trust; repeat for more. [default: own key]",
    ),
]
Tenant = Annotated[str, typer.Option(help="Only this tenant. [default: all]")]


@app.command()
def verify(
    export: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="An export to check, instead of the database.")
    ] = None,
    *,
    key: Keys = None,
    heads: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Heads put aside earlier: the chains must still hold them."),
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Check that no record was changed, removed, reordered, added or cut off: exit code 0 if none was, 1 if any was."""
    from server.access.audit.checking import check_chain  # noqa: PLC0415 - see `_opened`
    from server.access.audit.export import imported  # noqa: PLC0415

    settings = load_settings(config, data_dir=data_dir)
    keys, witnesses = _trusted(settings, key), _heads(heads)
    findings: list[Findings] = []
    if export is not None:
        with export.open(encoding="utf-8") as lines, _readable(export):
            for tenant, head, records in imported(lines):
                findings.append(check_chain(tenant, records, head, keys, witnesses))
    else:
        with _opened(settings) as log, log.chains() as chains:
            findings += [
                check_chain(tenant, chains.records(tenant), chains.head(tenant), keys, witnesses)
                for tenant in chains.tenants()
            ]
    missing = {witness.tenant for witness in witnesses} - {each.tenant for each in findings}
    findings += [check_chain(tenant, (), None, keys, witnesses) for tenant in sorted(missing)]
    _report(findings)
    if any(each.problems for each in findings):
        raise typer.Exit(1)


@app.command()
def show(
    sequence: Annotated[int, typer.Argument(min=0, help="Only this record, in full. [default: the last ones]")] = 0,
    *,
    tenant: Tenant = "",
    last: Annotated[int, typer.Option(min=1, max=100_000, help="How many of the last records.")] = 20,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Show the last records, or one of them in full."""
    with _opened(load_settings(config, data_dir=data_dir)) as log, log.chains() as chains:
        for name in _chosen(tenant, chains.tenants()):
            head = chains.head(name)
            first = sequence or max(1, (head.sequence if head else 0) - last + 1)
            for record in islice(chains.records(name, first), 1 if sequence else None):
                if sequence:
                    typer.echo(_in_full(record))
                else:
                    out().print(_line(record), soft_wrap=True)


@app.command()
def export(
    *,
    tenant: Tenant = "",
    heads: Annotated[
        bool, typer.Option("--heads", help="Only where each chain ends: enough to notice a cut later.")
    ] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Print the records as JSON Lines, for `groundwire audit verify` or an archive."""
    from server.access.audit.export import exported, exported_heads  # noqa: PLC0415

    with _opened(load_settings(config, data_dir=data_dir)) as log, log.chains() as chains:
        for line in (exported_heads if heads else exported)(chains, _chosen(tenant, chains.tenants())):
            typer.echo(line)


@app.command()
def erase(
    *,
    tenant: Annotated[str, typer.Option(help="Whose records.")] = "default",
    person: Annotated[str, typer.Option(help="Records of what this person did or had done.")] = "",
    entity: Annotated[str, typer.Option(help='Records about this entity, such as "customer/42".')] = "",
    collection: Annotated[
        str, typer.Option("--collection", "-c", help="Records about documents of this collection.")
    ] = "",
    document: Annotated[str, typer.Option(help="Records about the document with this id.")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept in the record of the erasure. Name nobody.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Erase the details of a person's, an entity's or a document's records; the chain stays valid and says so."""
    from server.access.audit.erasing import Subject, erase_subject  # noqa: PLC0415
    from server.access.signing import own_signing_key  # noqa: PLC0415

    subject = Subject(person, entity, collection, document)
    if subject == Subject():
        raise typer.BadParameter("say whose: --person, --entity, --collection or --document")
    if not yes:
        typer.confirm("Erase the details of all records about it, for good?", abort=True, err=True)
    settings = load_settings(config, data_dir=data_dir)
    with _opened(settings, own_signing_key(settings.signing_key, settings.data_dir)) as log:
        typer.echo(f"erased the details of {counted(erase_subject(log, tenant, subject, reason), 'record')}")


@app.command("public-key")
def public_key(config: Config = None, data_dir: DataDir = None) -> None:
    """Print the public key that checks what this server signs: audit heads and receipts."""
    from server.access.signing import own_signing_key  # noqa: PLC0415

    settings = load_settings(config, data_dir=data_dir)
    typer.echo(own_signing_key(settings.signing_key, settings.data_dir).public_pem, nl=False)


@contextmanager
def _opened(settings: Settings, signer: SigningKey | None = None) -> Iterator[SqlAudit]:
    # The libraries of the store take long to import: other commands, and wrong usage, do not wait for them.
    from server.stores.audit import opened_audit  # noqa: PLC0415
    from server.stores.store import records_url  # noqa: PLC0415

    url = records_url(settings.data_dir, settings.database_url)
    with opened_audit(url, signer) as log:
        yield log


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise CommandFailed(f"{file}: {error}") from error


def _trusted(settings: Settings, files: Sequence[Path] | None) -> PublicKeys:
    from server.access.signing import load_public_keys, own_signing_key, trust  # noqa: PLC0415

    return load_public_keys(files) if files else trust(own_signing_key(settings.signing_key, settings.data_dir))


def _heads(file: Path | None) -> tuple[Head, ...]:
    from server.access.audit.export import imported_heads  # noqa: PLC0415

    if file is None:
        return ()
    with file.open(encoding="utf-8") as lines, _readable(file):
        return imported_heads(lines)


def _chosen(tenant: str, tenants: Sequence[str]) -> Sequence[str]:
    if tenant and tenant not in tenants:
        raise CommandFailed(f"there is no audit of a tenant {tenant!r}; there is one of {', '.join(tenants) or 'none'}")
    return (tenant,) if tenant else tenants


def _report(findings: Iterable[Findings]) -> None:
    console = out()
    for each in findings:
        erased = f", {each.erased} of them with details erased" if each.erased else ""
        state = ("NOT INTACT", "bold red") if each.problems else ("intact", "bold green")
        console.print(
            Text.assemble((plain(each.tenant), "bold"), f": {counted(each.records, 'record')}{erased}: ", state)
        )
        for problem in each.problems:
            place = f"record {problem.sequence}: " if problem.sequence else "the chain "
            console.print(Text(f"  {place}{plain(problem.message)}"), soft_wrap=True)


def _line(record: Record) -> Text:
    header = json.loads(record.header)
    details = json.loads(record.details) if record.details else {"by": ["(erased)"]}
    said = [header["action"], header["outcome"], *header["reasons"]]
    about = [f"{name[0]}/{name[1]}@{name[2]}" for name in details.get("documents", ())]
    return Text.assemble(
        (f"{record.sequence:>6}  ", "bold"),
        f"{_moment(header['at'])}  {plain(' for '.join(details.get('by', ())) or 'the server')}  ",
        (plain(" ".join(said)), "bold"),
        (plain("  " + " ".join(about[:3]) + (f" and {len(about) - 3} more" if len(about) > 3 else "")), "dim"),
    )


def _in_full(record: Record) -> str:
    details = json.loads(record.details) if record.details else "erased"
    return plain(json.dumps({"header": json.loads(record.header), "details": details, "hash": record.hash}, indent=2))


def _moment(micros: int) -> str:
    return f"{datetime.fromtimestamp(micros / 1e6, UTC):%Y-%m-%d %H:%M:%S} UTC"
