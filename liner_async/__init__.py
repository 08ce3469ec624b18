"""The asyncio client for the LINER call-centre API: whole lists, fetched concurrently, in order."""

import logging

from liner_async._paging.batches import BatchIterator
from liner_async._paging.iterators import ItemIterator, PageIterator
from liner_async._paging.options import ListOptions, OffsetListOptions, PlainListOptions
from liner_async._paging.pager import Pager
from liner_async._paging.results import Page, PagingReport, Progress, ResultList
from liner_async._partitions.report import JobReport, Partition, PartitionRead
from liner_async._partitions.source import ListSource
from liner_async._tables.arrow import arrow_schema
from liner_async._transport.retry import RetryPolicy
from liner_async._version import __version__
from liner_async.client import LinerClient
from liner_async.errors import (
    ApiError,
    AuthError,
    ClientClosedError,
    ConfigError,
    DecodeError,
    ItemProblem,
    LinerError,
    NotFoundError,
    PagingDriftError,
    PagingError,
    RateLimitError,
    ResponseError,
    ServerError,
    StatusError,
    TransportError,
    TransportTimeoutError,
)
from liner_async.events import DriftEvent, LinerEvent, PageEvent, RequestEvent, RetryEvent
from liner_async.models import (
    END_OF_DAY,
    CallAttemptGroup,
    CallHours,
    CallRecordRule,
    CustomField,
    CustomFieldOption,
    CustomFieldType,
    Essence,
    Language,
    Order,
    OrderStatus,
    SipEndpointUsageScheme,
)
from liner_async.resume import Checkpoint, FileCheckpoint, ResumePoint

__all__ = [
    "END_OF_DAY",
    "ApiError",
    "AuthError",
    "BatchIterator",
    "CallAttemptGroup",
    "CallHours",
    "CallRecordRule",
    "Checkpoint",
    "ClientClosedError",
    "ConfigError",
    "CustomField",
    "CustomFieldOption",
    "CustomFieldType",
    "DecodeError",
    "DriftEvent",
    "Essence",
    "FileCheckpoint",
    "ItemIterator",
    "ItemProblem",
    "JobReport",
    "Language",
    "LinerClient",
    "LinerError",
    "LinerEvent",
    "ListOptions",
    "ListSource",
    "NotFoundError",
    "OffsetListOptions",
    "Order",
    "OrderStatus",
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
    "SipEndpointUsageScheme",
    "StatusError",
    "TransportError",
    "TransportTimeoutError",
    "__version__",
    "arrow_schema",
]

logging.getLogger("liner_async").addHandler(logging.NullHandler())
