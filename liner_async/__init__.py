"""The asyncio client for the LINER call-centre API: whole lists, fetched concurrently, in order."""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from liner_async._version import __version__

if TYPE_CHECKING:
    from liner_async._paging.batches import BatchIterator
    from liner_async._paging.in_flight import ConcurrencyRange
    from liner_async._paging.iterators import ItemIterator, PageIterator
    from liner_async._paging.options import ListOptions, OffsetListOptions, PlainListOptions
    from liner_async._paging.pager import Pager
    from liner_async._paging.report import PagingReport, Progress
    from liner_async._paging.results import Page, ResultList
    from liner_async._partitions.partition import Partition
    from liner_async._partitions.report import JobReport, PartitionRead
    from liner_async._partitions.source import ListSource
    from liner_async._tables.arrow import arrow_schema
    from liner_async._transport.retry import RetryPolicy
    from liner_async.client import LinerClient
    from liner_async.errors import (
        ApiError,
        AuthError,
        BulkWriteError,
        ClientClosedError,
        ConfigError,
        DecodeError,
        ItemProblem,
        LinerError,
        NotFoundError,
        OutcomeUnknownError,
        PagingDriftError,
        PagingError,
        RateLimitError,
        ResponseError,
        ServerError,
        StatusError,
        TransportError,
        TransportTimeoutError,
    )
    from liner_async.events import (
        DriftEvent,
        LinerEvent,
        PageEvent,
        RequestEvent,
        RetryEvent,
        WriteEvent,
    )
    from liner_async.ledger import FileLedger, Ledger, LedgerEntry
    from liner_async.models import (
        END_OF_DAY,
        AccessGroup,
        AgentCallAvailability,
        AgentGroup,
        AgentGroupChanges,
        Call,
        CallAttemptGroup,
        CallAttemptGroupChanges,
        CallDirection,
        CallHours,
        CallRecord,
        CallRecordRule,
        CallStatus,
        ConnectionType,
        CustomField,
        CustomFieldOption,
        CustomFieldType,
        Essence,
        FinishInitiator,
        Language,
        Lead,
        LeadChanges,
        LeadStatus,
        LeadStatusCategory,
        LeadType,
        NewAgentGroup,
        NewCallAttemptGroup,
        NewLead,
        NewOrder,
        Order,
        OrderChanges,
        OrderStatus,
        SipEndpoint,
        SipEndpointUsageScheme,
        Submission,
        User,
    )
    from liner_async.resources.bodies import request_body
    from liner_async.resources.bulk import BulkWrite
    from liner_async.resources.bulk_options import BulkWriteOptions
    from liner_async.resources.bulk_report import BulkReport, WriteResult
    from liner_async.resume import Checkpoint, FileCheckpoint, ResumePoint
else:

    def __getattr__(name: str) -> Any:
        """Import a public name, or a module reached as an attribute, at its first use."""
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value


__all__ = [
    "END_OF_DAY",
    "AccessGroup",
    "AgentCallAvailability",
    "AgentGroup",
    "AgentGroupChanges",
    "ApiError",
    "AuthError",
    "BatchIterator",
    "BulkReport",
    "BulkWrite",
    "BulkWriteError",
    "BulkWriteOptions",
    "Call",
    "CallAttemptGroup",
    "CallAttemptGroupChanges",
    "CallDirection",
    "CallHours",
    "CallRecord",
    "CallRecordRule",
    "CallStatus",
    "Checkpoint",
    "ClientClosedError",
    "ConcurrencyRange",
    "ConfigError",
    "ConnectionType",
    "CustomField",
    "CustomFieldOption",
    "CustomFieldType",
    "DecodeError",
    "DriftEvent",
    "Essence",
    "FileCheckpoint",
    "FileLedger",
    "FinishInitiator",
    "ItemIterator",
    "ItemProblem",
    "JobReport",
    "Language",
    "Lead",
    "LeadChanges",
    "LeadStatus",
    "LeadStatusCategory",
    "LeadType",
    "Ledger",
    "LedgerEntry",
    "LinerClient",
    "LinerError",
    "LinerEvent",
    "ListOptions",
    "ListSource",
    "NewAgentGroup",
    "NewCallAttemptGroup",
    "NewLead",
    "NewOrder",
    "NotFoundError",
    "OffsetListOptions",
    "Order",
    "OrderChanges",
    "OrderStatus",
    "OutcomeUnknownError",
    "Page",
    "PageEvent",
    "PageIterator",
    "Pager",
    "PagingDriftError",
    "PagingError",
    "PagingReport",
    "Partition",
    "PartitionRead",
    "PlainListOptions",
    "Progress",
    "RateLimitError",
    "RequestEvent",
    "ResponseError",
    "ResultList",
    "ResumePoint",
    "RetryEvent",
    "RetryPolicy",
    "ServerError",
    "SipEndpoint",
    "SipEndpointUsageScheme",
    "StatusError",
    "Submission",
    "TransportError",
    "TransportTimeoutError",
    "User",
    "WriteEvent",
    "WriteResult",
    "__version__",
    "arrow_schema",
    "request_body",
]

# A name is imported when it is first used: `liner-async --help` does not wait for aiohttp.
# What is not named here is a model.
_NAMES_OF = {
    "_paging.batches": "BatchIterator",
    "_paging.in_flight": "ConcurrencyRange",
    "_paging.iterators": "ItemIterator PageIterator",
    "_paging.options": "ListOptions OffsetListOptions PlainListOptions",
    "_paging.pager": "Pager",
    "_paging.report": "PagingReport Progress",
    "_paging.results": "Page ResultList",
    "_partitions.partition": "Partition",
    "_partitions.report": "JobReport PartitionRead",
    "_partitions.source": "ListSource",
    "_tables.arrow": "arrow_schema",
    "_transport.retry": "RetryPolicy",
    "client": "LinerClient",
    "errors": (
        "ApiError AuthError BulkWriteError ClientClosedError ConfigError DecodeError "
        "ItemProblem LinerError NotFoundError OutcomeUnknownError PagingDriftError PagingError "
        "RateLimitError ResponseError ServerError StatusError TransportError "
        "TransportTimeoutError"
    ),
    "events": "DriftEvent LinerEvent PageEvent RequestEvent RetryEvent WriteEvent",
    "ledger": "FileLedger Ledger LedgerEntry",
    "resources.bodies": "request_body",
    "resources.bulk": "BulkWrite",
    "resources.bulk_options": "BulkWriteOptions",
    "resources.bulk_report": "BulkReport WriteResult",
    "resume": "Checkpoint FileCheckpoint ResumePoint",
}
_MODULE_OF = dict.fromkeys(set(__all__) - {"__version__"}, "models") | {
    name: module for module, names in _NAMES_OF.items() for name in names.split()
}
_MODULES = ("client", "errors", "events", "ledger", "models", "resources", "resume")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})


logging.getLogger("liner_async").addHandler(logging.NullHandler())
