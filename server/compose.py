"""The composition root: the one place that names concrete classes and fits them together."""

from __future__ import annotations

import asyncio
import importlib.metadata
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import structlog
from prometheus_client import start_http_server

import chunkers
from chunkers.isolation import ReaderProcesses
from server.access.audit.erasing import erase_outdated
from server.access.audit.policy import load_audit_policy
from server.access.audit.recording import Recorder
from server.access.clients import load_clients
from server.access.control import AccessControl
from server.access.credentials import Authenticator, NobodyIdentified
from server.access.identities import Identities
from server.access.keys import open_keys
from server.access.masking.masking import Masking
from server.access.masking.policy import load_masking_policy
from server.access.policies import load_access_policies
from server.access.quotas import CallQuotas, StorageQuota
from server.access.receipts import IssueReceipt
from server.access.signing import KEY_FILE, SigningKey, keep_signing_key, own_signing_key
from server.access.tenants import Tenants, load_tenants
from server.access.tokens import SpentTokens, TokenRules, Tokens
from server.access.watched import Watched
from server.config import Settings, host_and_port
from server.cores import MOST_CORES, every_core, share_one_core
from server.domain import Versions
from server.errors import StoreFailure
from server.models.base import Embedder, EntailmentModel
from server.models.loading import load_embedder, load_entailment
from server.models.remembered import ScoreMemory
from server.models.scheduler import Scheduler
from server.rpc.corpus import CorpusService, CorpusUseCases
from server.rpc.guard import GuardService
from server.rpc.identity import identify
from server.rpc.interceptors import count_calls, translate_errors, write_log
from server.rpc.metrics import Metrics
from server.rpc.quotas import within_quotas
from server.rpc.retriever import RetrieverService
from server.rpc.review import ReviewService, ReviewUseCases
from server.rpc.server import RpcServer, Services
from server.rpc.tls import server_credentials
from server.rpc.workers import Workers
from server.stages.calibration import load_calibration
from server.stages.policy import load_policies
from server.stores.store import Store, StoreSettings, open_store
from server.usecases.documents import DeleteDocuments, GetDocument, ListDocuments
from server.usecases.drafting import Read
from server.usecases.feed import ApplyChanges
from server.usecases.history import ForgetVersions
from server.usecases.ingest import EmbedMissing, IngestDocuments, PreviewChunks
from server.usecases.replay import ReplayVerdict
from server.usecases.retrieve import RetrievalSettings, RetrievePassages
from server.usecases.review import GetCase, KeepCase, ListCases, ResolveCase
from server.usecases.validate import ValidateAnswer, unremembered, without_case
from server.usecases.validate_stream import ValidateAnswerStream

log = structlog.get_logger("groundwire")

_DAY = 86_400.0
_READS_A_CORE = 4

VERSION = importlib.metadata.version("groundwire")


@dataclass(frozen=True, slots=True)
class UseCases:
    """Everything that the service can do, ready to be called from threads."""

    retrieve: RetrievePassages
    validate: ValidateAnswer
    corpus: CorpusUseCases
    review: ReviewUseCases
    embed_missing: EmbedMissing
    recorder: Recorder
    erase_outdated: Callable[[], int]
    forget_versions: ForgetVersions | None
    spent_tokens: SpentTokens


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that takes calls, and what it counts of them."""

    port: int
    rpc: RpcServer
    metrics: Metrics


@contextmanager
def opened(settings: Settings) -> Iterator[UseCases]:
    """The use cases on models and a store that are closed at the end, in reverse order of their opening."""
    if settings.signing_key is None:
        keep_signing_key(settings.data_dir / KEY_FILE)
    with ExitStack() as stack:
        key = own_signing_key(settings.signing_key, settings.data_dir)
        scheduler = Scheduler(settings.inference_threads or None)
        stack.callback(scheduler.close)
        embedder = load_embedder(settings.embedder, scheduler)
        entailment = load_entailment(settings.entailment, scheduler)
        store = stack.enter_context(
            open_store(
                StoreSettings(settings.data_dir, settings.database_url, settings.exact_index_limit),
                embedder=embedder.version,
                dimension=embedder.dimension,
                signer=key,
            )
        )
        readers = stack.enter_context(ReaderProcesses(os.cpu_count() or 1))
        yield use_cases(settings, store, embedder, entailment, key, every_core()(readers.parse))


def use_cases(
    settings: Settings,
    store: Store,
    embedder: Embedder,
    entailment: EntailmentModel,
    key: SigningKey,
    read: Read = chunkers.parse,
) -> UseCases:
    """The use cases on the given store and models; `key` signs receipts, `read` is how documents are read."""
    limits = chunkers.ChunkLimits(settings.max_chunk_tokens, settings.chunk_overlap_tokens)
    access = access_control(settings)
    recorder = Recorder(store.audit, load_audit_policy(settings.audit_policy))
    history = timedelta(days=settings.history_days) if settings.history_days else None
    masking = Masking(load_masking_policy(settings.masking_policy), key.derived("masking"), embedder.count_tokens)
    storage = StorageQuota(tenants_of(settings), store.documents.stored_bytes)
    retrieve = RetrievePassages(
        store.passages,
        embedder,
        access,
        RetrievalSettings(chunks_a_passage=settings.chunks_a_passage),
        mask=masking.retrieval,
        history=history,
        searching=threading.BoundedSemaphore(os.cpu_count() or 1),
    )
    get_case = GetCase(store.cases, store.documents, access, recorder.case_reading)
    validate = ValidateAnswer(
        entailment=entailment,
        retrieve=retrieve,
        keep_case=without_case,
        policies=load_policies(settings.policies),
        calibration=load_calibration(settings.entailment),
        versions=Versions(service=VERSION, embedding_model=embedder.version, masking_policy=masking.policy.version),
        mask=masking.brought,
        remember=ScoreMemory(settings.remembered_scores).of if settings.remembered_scores else unremembered,
    )
    return UseCases(
        retrieve=replace(retrieve, record=recorder.retrieval),
        validate=replace(validate, keep_case=KeepCase(store.cases), sign=IssueReceipt(key), record=recorder.verdict),
        corpus=CorpusUseCases(
            ingest=IngestDocuments(store.documents, embedder, access, storage.take, limits, read),
            preview=PreviewChunks(embedder, limits, read),
            apply=ApplyChanges(store.feeds, store.documents, embedder, access, storage.take, limits, read),
            delete=DeleteDocuments(store.documents, access),
            get=GetDocument(store.documents, access, masking.document, recorder.reading),
            list=ListDocuments(store.documents, access, masking.version),
        ),
        review=ReviewUseCases(
            list=ListCases(store.cases, store.documents, access),
            get=get_case,
            resolve=ResolveCase(store.cases, store.documents, access),
            replay=ReplayVerdict(validate, get_case),
        ),
        embed_missing=EmbedMissing(store.documents, embedder),
        recorder=recorder,
        erase_outdated=partial(erase_outdated, store.audit, recorder.policy),
        forget_versions=None if history is None else ForgetVersions(store.documents, history),
        spent_tokens=store.spent_tokens,
    )


def access_control(settings: Settings) -> AccessControl:
    """Decisions by the policies that the settings name, read again when their files change."""
    folder = settings.access_policies
    policies = Watched(
        lambda: load_access_policies(folder), lambda: [] if folder is None else sorted(folder.glob("*.cedar"))
    )
    return AccessControl(policies, settings.region)


def tenants_of(settings: Settings) -> Callable[[], Tenants]:
    """What the operator says of tenants, read again when the file changes."""
    path = settings.tenants
    return Watched(lambda: load_tenants(path), lambda: [] if path is None else [path])


def authenticator(settings: Settings, tenants: Callable[[], Tenants], spent: SpentTokens) -> Authenticator:
    """What tells callers, by all that the settings name; without any, everyone is the local caller."""
    if not settings.identifies_callers:
        return NobodyIdentified()
    tokens, clients = None, None
    if settings.jwt_keys:
        algorithms = tuple(settings.jwt_algorithms.split(","))
        rules = TokenRules(settings.jwt_issuer, settings.jwt_audience, algorithms, settings.jwt_leeway)
        tokens = Tokens(open_keys(settings.jwt_keys), rules, spent)
    if settings.clients is not None:
        path = settings.clients
        clients = Watched(lambda: load_clients(path), lambda: [path])
    return Identities(tokens, clients, settings.region, tenants)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[RunningServer]:
    """A server that takes calls until the block ends; calls under way then get `drain_seconds`."""
    with opened(settings) as cases:
        async with serving(settings, cases) as server:
            yield server


@asynccontextmanager
async def serving(settings: Settings, cases: UseCases) -> AsyncIterator[RunningServer]:
    """The same on use cases that are open already."""
    metrics = Metrics()
    tenants = tenants_of(settings)
    validations = Workers("validate", settings.validate_threads, settings.queue, settings.default_timeout, metrics)
    # While some wait for the embedder or the disk others work, and those that wait for the disk share a commit.
    reading = settings.read_threads or _READS_A_CORE * (os.cpu_count() or 1)
    reads = Workers("read", reading, settings.queue, settings.default_timeout, metrics)
    writes = Workers("write", settings.write_threads, settings.queue, None, metrics)
    rpc = RpcServer(
        Services(
            guard=GuardService(
                validations, metrics, cases.validate, ValidateAnswerStream(cases.validate), settings.stream_silence
            ),
            retriever=RetrieverService(reads, cases.retrieve),
            corpus=CorpusService(reads, writes, cases.corpus),
            review=ReviewService(reads, cases.review),
        ),
        [
            count_calls(metrics),
            write_log,
            translate_errors,
            identify(authenticator(settings, tenants, cases.spent_tokens), cases.recorder.refusal),
            within_quotas(CallQuotas(tenants)),
        ],
        address=settings.listen,
        tls=server_credentials(settings),
        reflect=settings.reflection,
        max_message_bytes=settings.max_message_bytes,
        max_concurrent_calls=settings.max_concurrent_calls,
    )
    with _metrics_endpoint(settings, metrics):
        stopping = threading.Event()
        loop = asyncio.get_running_loop()
        upkeep: list[Awaitable[object]] = [
            loop.run_in_executor(None, cases.embed_missing, stopping),
            loop.run_in_executor(None, _keep_retention, cases.erase_outdated, stopping),
        ]
        if cases.forget_versions is not None:
            upkeep.append(loop.run_in_executor(None, cases.forget_versions.every_hour, stopping))
        await rpc.start()
        try:
            yield RunningServer(rpc.port, rpc, metrics)
        finally:
            stopping.set()
            await rpc.stop(settings.drain_seconds)
            for workers in (validations, reads, writes):
                workers.close()
            await asyncio.gather(*upkeep)


def _keep_retention(erase: Callable[[], int], stopping: threading.Event) -> None:
    """Erase what is outdated at the start and once a day."""
    while True:
        try:
            if erased := erase():
                log.info("audit_details_erased", records=erased)
        except StoreFailure as failure:
            log.warning("audit_details_not_erased", because=failure.message)
        if stopping.wait(_DAY):
            return


@contextmanager
def _metrics_endpoint(settings: Settings, metrics: Metrics) -> Iterator[None]:
    if not settings.metrics_listen:
        yield
        return
    host, port = host_and_port(settings.metrics_listen)
    endpoint, thread = start_http_server(port, host, registry=metrics.registry)
    try:
        yield
    finally:
        endpoint.shutdown()
        endpoint.server_close()
        thread.join()


async def serve_until_signal(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then drain and stop."""
    write_logs(settings)
    if settings.share_core != "never":
        share_one_core(None if settings.share_core == "always" else MOST_CORES)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(settings) as server:
        host, _ = host_and_port(settings.listen)
        log.info("serving", address=f"{host}:{server.port}", data_dir=str(settings.data_dir), version=VERSION)
        if not settings.identifies_callers:
            log.info("callers are not identified: whoever reaches this server may do everything")
        await stop.wait()
        log.info("stopping", drain_seconds=settings.drain_seconds)


def write_logs(settings: Settings) -> None:
    """Send log lines to standard error, in the form and from the level that the settings say."""
    # pdfminer warns of fonts it cannot measure, in lines of its own that no log reader expects.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    plain = settings.log_format == "console"
    renderer = (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty() and "NO_COLOR" not in os.environ,
            # The usual one prints local variables: content of documents, and seconds of work on the event loop.
            exception_formatter=structlog.dev.plain_traceback,
        )
        if plain
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if plain else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
