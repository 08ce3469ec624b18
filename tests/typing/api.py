"""Every public name as a user would use it: checked by mypy and pyright, never run."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, Unpack, assert_never, assert_type

import aiohttp
import attrs

import liner_async
from liner_async import (
    END_OF_DAY,
    AccessGroup,
    AgentCallAvailability,
    AgentGroup,
    ApiError,
    AuthError,
    BatchIterator,
    BulkReport,
    BulkWrite,
    BulkWriteError,
    Call,
    CallAttemptGroup,
    CallDirection,
    CallHours,
    CallRecord,
    CallRecordRule,
    CallStatus,
    ClientClosedError,
    ConfigError,
    ConnectionType,
    CustomField,
    CustomFieldOption,
    CustomFieldType,
    DecodeError,
    DriftEvent,
    Essence,
    FileLedger,
    FinishInitiator,
    ItemIterator,
    ItemProblem,
    JobReport,
    Language,
    Lead,
    LeadChanges,
    LeadStatus,
    LeadStatusCategory,
    LeadType,
    Ledger,
    LinerClient,
    LinerError,
    LinerEvent,
    ListOptions,
    ListSource,
    NewLead,
    NewOrder,
    NotFoundError,
    OffsetListOptions,
    Order,
    OrderStatus,
    OutcomeUnknownError,
    Page,
    PageEvent,
    PageIterator,
    Pager,
    PagingDriftError,
    PagingError,
    PagingReport,
    Partition,
    PartitionRead,
    Progress,
    RateLimitError,
    RequestEvent,
    ResponseError,
    ResultList,
    ResumePoint,
    RetryEvent,
    RetryPolicy,
    ServerError,
    SipEndpoint,
    SipEndpointUsageScheme,
    StatusError,
    Submission,
    TransportError,
    TransportTimeoutError,
    User,
    WriteEvent,
    WriteResult,
    request_body,
)
from liner_async.contrib.tqdm import progress_bar
from liner_async.testing import (
    a_call_attempt_group,
    a_custom_field,
    a_lead,
    a_page,
    a_result,
    an_order,
    fake_leads,
    make_lead,
)

assert_type(liner_async.__version__, str)


async def open_and_close(session: aiohttp.ClientSession, context: ssl.SSLContext) -> None:
    """Configure a client in every way."""
    async with LinerClient() as liner:
        assert_type(liner, LinerClient)
    client = LinerClient(
        "https://liner.example",
        "key",
        session=session,
        timeout=10,
        retry=RetryPolicy.never(),
        concurrency=4,
        lookahead=16,
        limiter=None,
        allow_insecure_http=True,
        ssl=context,
        on_event=observe,
    )
    assert_type(await client.aclose(), None)
    policy = RetryPolicy(
        attempts=3,
        deadline=60,
        wait_initial=0.1,
        wait_max=1.0,
        retry_after_max=30,
        budget=100,
    )
    assert_type(policy, RetryPolicy)
    assert_type(policy.attempts, int)
    assert_type(policy.deadline, float)


def observe(event: LinerEvent) -> None:
    """Tell the kinds of events apart; each of a request or list has a path and an offset."""
    if not isinstance(event, WriteEvent):
        assert_type(event.path, str)
        assert_type(event.offset, int | None)
    match event:
        case RequestEvent():
            assert_type(event.method, str)
            assert_type(event.limit, int | None)
            assert_type(event.attempt, int)
            assert_type(event.status, int | None)
            assert_type(event.error, str | None)
            assert_type(event.reason, str | None)
            assert_type(event.seconds, float)
            assert_type(event.date, datetime | None)
        case RetryEvent():
            assert_type(event.method, str)
            assert_type(event.attempt, int)
            assert_type(event.status, int | None)
            assert_type(event.error, str)
            assert_type(event.reason, str | None)
            assert_type(event.wait, float)
        case PageEvent():
            assert_type(event.limit, int)
            assert_type(event.received, int)
            assert_type(event.items, int)
            assert_type(event.total, int)
            assert_type(event.attempts, int)
            assert_type(event.seconds, float)
        case DriftEvent():
            assert_type(event.kind, str)
            assert_type(event.reason, str)
        case WriteEvent():
            assert_type(event.endpoint, str)
            assert_type(event.outcome, Literal["not_sent", "refused", "unknown", "done"])
            assert_type(event.attempts, int)
            assert_type(event.status, int | None)
            assert_type(event.seconds, float)
        case _:
            assert_never(event)


async def read_everything(liner: LinerClient) -> None:
    """Await a list: a sequence of orders, and what is known about the run."""
    orders = await liner.orders.list()
    assert_type(orders, ResultList[Order])
    assert_type(orders[0], Order)
    assert_type(orders[1:3], ResultList[Order])
    assert_type([order.id for order in orders], list[int])
    assert_type(iter(orders), Iterator[Order])
    assert_type(len(orders), int)
    assert_type(orders.total, int)
    assert_type(orders.report, PagingReport)
    assert_type(orders.to_dicts(), list[dict[str, Any]])
    assert_type(orders.__arrow_c_stream__(), object)
    take_orders(orders)
    take_orders(orders[:10])
    assert_type(orders.index(orders[0]), int)
    assert_type(orders == [orders[0]], bool)


def take_orders(_: Sequence[Order]) -> None:
    """Stand for a user's function; a result may be given to it."""


async def iterate(liner: LinerClient) -> None:
    """Read order by order, page by page, and by hand."""
    pager = liner.orders.list(
        offset=0,
        page_size=100,
        max_items=10,
        concurrency=2,
        lookahead=8,
        ordered=False,
        consistency="off",
        on_invalid="skip",
        on_progress=show,
    )
    assert_type(pager, Pager[Order])
    async for order in pager:
        assert_type(order, Order)
    async for page in pager.pages():
        assert_type(page, Page[Order])
    async with pager.arrow_batches(columns=["id"], rows_per_batch=1_000) as batches:
        assert_type(batches, BatchIterator[Order])
        assert_type(batches.resume_point, ResumePoint | None)
    assert_type(await pager.first(), Order | None)
    assert_type(await pager.count(), int)
    assert_type(pager.report, PagingReport)
    assert_type([order.title async for order in pager], list[str])
    async with aiter(pager) as items:
        assert_type(items, ItemIterator[Order])
        assert_type(await anext(items), Order)
    async with pager.pages() as pages:
        assert_type(pages, PageIterator[Order])
        assert_type(await anext(pages), Page[Order])
    assert_type(await items.aclose(), None)
    assert_type(await pages.aclose(), None)


def list_through(liner: LinerClient, **options: Unpack[OffsetListOptions]) -> Pager[Order]:
    """Pass the options of a list on, as a wrapper of a user's does."""
    few: ListOptions = {"max_items": 5, "ordered": False}
    assert_type(liner.call_attempts.list(**few), Pager[CallAttemptGroup])
    return liner.orders.list(**options)


def misuse(liner: LinerClient) -> None:
    """Wrong names and wrong types are errors, as each ignored line shows."""
    for _ in liner.orders.list():  # type: ignore[attr-defined]  # `async for`
        pass
    len(liner.orders.list())  # type: ignore[arg-type]  # `await pager.count()`
    with liner:  # type: ignore[attr-defined]  # `async with`
        pass
    liner.orders.list(ofset=5)  # type: ignore[call-arg]  # no such option
    liner.orders.list(page_size="100")  # type: ignore[arg-type]  # an int
    liner.orders.list(consistency="perfect")  # type: ignore[arg-type]  # one of three
    liner.custom_fields.list(offset=5)  # type: ignore[call-arg]  # not a paged list
    liner.custom_fields.list(essence="users")  # type: ignore[arg-type]  # leads or orders
    liner.users.list(access_group="nobody")  # type: ignore[arg-type]  # one of six
    liner.users.list(is_active="yes")  # type: ignore[arg-type]  # a bool
    liner.agent_groups.list(agent="7")  # type: ignore[call-arg]  # `agent_id`
    liner.call_records.list(call_id="7")  # type: ignore[arg-type]  # an int
    liner.lead_statuses.list(page_size=5)  # type: ignore[call-arg]  # not a paged list
    liner.orders.get(7)  # type: ignore[attr-defined]  # the vendor has no such path


async def read_people_and_records(liner: LinerClient) -> None:
    """Filter users, groups and records; each list, page and object has its model."""
    assert_type(liner.users.list(access_group="admin", is_active=True), Pager[User])
    assert_type(await liner.users.list(access_group=AccessGroup.CLIENT), ResultList[User])
    assert_type(await liner.users.page(is_active=False, limit=10), Page[User])
    assert_type(await liner.users.count(access_group="call-center"), int)
    assert_type(await liner.users.get(7), User)
    assert_type(liner.agent_groups.list(agent_id=7, page_size=10), Pager[AgentGroup])
    assert_type(await liner.agent_groups.get(7), AgentGroup)
    assert_type(liner.call_records.list(call_id=7, is_amd=True), Pager[CallRecord])
    assert_type(await liner.call_records.get_many([7, 8]), ResultList[CallRecord])


async def read_periods(liner: LinerClient) -> None:
    """Read leads and calls by period and ids."""
    noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    leads = liner.leads.list(
        created_from=noon,
        created_to=noon + timedelta(days=90),
        order_ids={1, 2},
        status_ids=iter([3]),
        window=timedelta(days=7),
        window_rows=2_000,
        consistency="strict",
    )
    assert_type(leads, Pager[Lead])
    assert_type(await liner.leads.page(created_from=noon, created_to=noon, limit=5), Page[Lead])
    assert_type(await liner.leads.count(created_from=noon), int)
    assert_type(liner.calls.list(created_from=noon, order_ids="all", user_ids=[1]), Pager[Call])
    assert_type(
        await liner.calls.page(created_from=noon, created_to=noon, lead_ids=[1]), Page[Call]
    )
    assert_type(await liner.calls.count(created_from=noon, lead_ids=[1]), int)
    liner.leads.list()  # type: ignore[call-arg]  # created_from is needed
    liner.leads.list(created_from="2024-01-01")  # type: ignore[arg-type]  # a datetime
    liner.leads.list(created_from=noon, offset=5)  # type: ignore[call-arg]  # no such option


async def read_objects(liner: LinerClient) -> None:
    """Read leads and calls one by one."""
    lead = await liner.leads.get(7)
    assert_type(lead, Lead)
    assert_type(await liner.leads.get_many(iter([7]), on_missing="skip"), ResultList[Lead])
    assert_type(lead.lead_type, LeadType | str | None)
    assert_type(lead.custom_values, Mapping[int, Any])
    assert_type(lead.planning_call_date_time, datetime | None)
    call = await liner.calls.get(7)
    assert_type(call, Call)
    assert_type(call.direction, CallDirection | str | None)
    assert_type(call.finish_initiator, FinishInitiator | str | None)


async def read_directories(liner: LinerClient) -> None:
    """Read the lists that come in one piece."""
    (status, *_) = await liner.lead_statuses.list(max_items=1)
    assert_type(status, LeadStatus)
    assert_type(status.code, str)
    assert_type(status.category, LeadStatusCategory | str | None)
    assert_type(liner.call_statuses.list(), Pager[CallStatus])
    async for call_status in liner.call_statuses.list():
        assert_type(call_status.agent_call_availability, AgentCallAvailability | str | None)
    endpoints = await liner.sip_endpoints.list(on_invalid="skip")
    assert_type(endpoints, ResultList[SipEndpoint])
    assert_type(endpoints[0].connection_type, ConnectionType | str | None)
    assert_type(endpoints[0].params, Mapping[str, Any])


async def read_the_other_resources(liner: LinerClient) -> None:
    """Read call attempt groups and custom fields."""
    group = await liner.call_attempts.get(7)
    assert_type(group, CallAttemptGroup)
    assert_type(group.intervals, tuple[int, ...])
    assert_type(await liner.call_attempts.page(), Page[CallAttemptGroup])
    assert_type(await liner.call_attempts.count(), int)
    fields = await liner.custom_fields.list(essence="leads", on_invalid="skip")
    assert_type(fields, ResultList[CustomField])
    assert_type(liner.custom_fields.list(essence=Essence.ORDERS), Pager[CustomField])
    assert_type(fields[0].params, tuple[CustomFieldOption, ...])
    assert_type(fields[0].type, CustomFieldType | str | None)
    assert_type(CustomField.from_dict(fields[0].to_dict()), CustomField)


async def write(liner: LinerClient, changes: LeadChanges, **fields: Unpack[NewLead]) -> None:
    """Create and update: a missing, misspelt or mistyped field is an error."""
    assert_type(await liner.leads.create(**fields), int)
    assert_type(await liner.leads.submit(phone="+79001234567", order_id=100), Submission)
    lead_id = await liner.leads.create(
        lead_type="straight", phone="1", order_code="a", custom_values={10: "x"}, extra={"x": [1]}
    )
    await liner.leads.update(lead_id, name=None, status_id=12)
    await liner.leads.update(lead_id, **changes)
    assert_type(request_body("leads.create", fields), dict[str, Any])
    await liner.leads.create(fone="1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await liner.leads.update(1, order_id=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await liner.leads.update(1, status_id="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    order_id = await liner.orders.create(
        service_title="A",
        title="B",
        status="info",
        sip_endpoint_ids=(1, 2),
        call_schedule=[CallHours(time(9), END_OF_DAY), ("09:00", "18:00")],
        call_holiday_overrides=[date(2024, 1, 1), "2024-01-02"],
    )
    await liner.orders.update(order_id, code=None, custom_values={"10": 1})
    await liner.orders.update(order_id, title=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await liner.orders.create(title="B")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    group_id = await liner.call_attempts.create(title="A", intervals=(5, 10), is_default=True)
    await liner.call_attempts.update(group_id, intervals=[1])
    assert_type(await liner.agent_groups.create(names={"ru": "A"}, agent_ids=(1,)), int)
    await liner.agent_groups.update(group_id, agent_ids=[])
    as_rows: Sequence[NewLead] = [{"phone": "1", "order_id": 1}]
    as_order: NewOrder = {"service_title": "A", "title": "B", "status": "x", "sip_endpoint_ids": []}
    await liner.orders.create(**as_order)
    await liner.leads.create(**as_rows[0])


async def write_many(liner: LinerClient, rows: Sequence[NewLead]) -> None:
    """Rows are the same dicts, or any mapping; results come one by one or as a report."""
    ledger: Ledger = FileLedger("import.ledger")
    report = await liner.leads.create_many(rows, ledger=ledger, key=str, concurrency=8)
    assert_type(report, BulkReport)
    assert_type(report.ids, tuple[int | None, ...])
    assert_type(report.unknown, tuple[WriteResult, ...])
    assert_type(report.stopped_by, LinerError | None)
    plain: list[dict[str, object]] = [{"phone": "1", "order_id": 1}]
    async for result in liner.leads.submit_many(plain, on_failure="report"):
        assert_type(result, WriteResult)
        assert_type(result.id, int | None)
        assert_type(result.error, LinerError | None)
    pairs: list[tuple[int, LeadChanges]] = [(1, {"name": None})]
    assert_type(liner.leads.update_many(pairs), BulkWrite)
    liner.leads.create_many(rows, retries=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def show_a_bar(liner: LinerClient) -> None:
    """Draw the progress of a run with tqdm."""
    with progress_bar("reading", unit="orders", disable=None) as bar:
        await liner.orders.list(on_progress=bar)
    assert_type(bar, Callable[[Progress], None])


def show(progress: Progress) -> None:
    """Show how far a run has come."""
    assert_type(progress.done, int)
    assert_type(progress.total, int)
    assert_type(progress.pages, int)
    assert_type(progress.elapsed, float)


async def read_a_page(liner: LinerClient) -> None:
    """Read one page, and count."""
    page = await liner.orders.page(offset=100, limit=50)
    assert_type(page, Page[Order])
    assert_type(page[0], Order)
    assert_type(page[::2], tuple[Order, ...])
    assert_type(page.items, tuple[Order, ...])
    assert_type(page.offset, int)
    assert_type(page.limit, int)
    assert_type(page.next, int | None)
    assert_type(page.total, int)
    assert_type(page.received, int)
    assert_type(page.problems, tuple[ItemProblem, ...])
    assert_type(await liner.orders.count(), int)


def look_at_a_report(report: PagingReport, problem: ItemProblem) -> None:
    """Everything a run tells."""
    assert_type(report.handed_out, int)
    assert_type(report.pages, int)
    assert_type(report.first_total, int | None)
    assert_type(report.last_total, int | None)
    assert_type(report.duplicates, int)
    assert_type(report.holes_filled, int)
    assert_type(report.retries, int)
    assert_type(report.skipped, tuple[ItemProblem, ...])
    assert_type(report.next_offset, int)
    assert_type(report.complete, bool)
    assert_type(report.drift, tuple[str, ...])
    assert_type(report.drifted, bool)
    assert_type(problem.offset, int)
    assert_type(problem.index, int)
    assert_type(problem.item_id, int | None)
    assert_type(problem.fields, tuple[str, ...])


def look_at_an_order(order: Order) -> None:
    """All 33 documented fields, and the unknown ones."""
    assert_type(order.id, int)
    assert_type(order.code, str | None)
    assert_type(order.service_title, str)
    assert_type(order.title, str)
    assert_type(order.call_schedule, tuple[CallHours, ...])
    assert_type(order.call_holiday_overrides, tuple[date, ...])
    assert_type(order.auto_dialing_enabled, bool | None)
    assert_type(order.predictive_mode_enabled, bool | None)
    assert_type(order.ai_mode_enabled, bool | None)
    assert_type(order.standalone_ai_mode_enabled, bool | None)
    assert_type(order.ai_mode_prompt, str | None)
    assert_type(order.ai_mode_first_phrase, str | None)
    assert_type(order.ai_default_language, Language | str | None)
    assert_type(order.amd_detection_enabled, bool | None)
    assert_type(order.call_record_rule, CallRecordRule | str | None)
    assert_type(order.call_center_phone, str | None)
    assert_type(order.additional_call_center_phones, tuple[str, ...])
    assert_type(order.sip_endpoint_usage_scheme, SipEndpointUsageScheme | str | None)
    assert_type(order.agent_user_ids, tuple[int, ...])
    assert_type(order.agent_group_ids, tuple[int, ...])
    assert_type(order.show_lead_contacts_to_agent, bool | None)
    assert_type(order.call_attempts_group_id, int | None)
    assert_type(order.qualified_leads_per_day_limit, int | None)
    assert_type(order.call_scenario_id, int | None)
    assert_type(order.lead_transform_enabled, bool | None)
    assert_type(order.leads_priority, int | None)
    assert_type(order.status, OrderStatus | str)
    assert_type(order.speech_recognition_enabled, bool | None)
    assert_type(order.ignore_lead_timezone, bool | None)
    assert_type(order.sip_endpoint_ids, tuple[int, ...])
    assert_type(order.custom_values, Mapping[int, Any])
    assert_type(order.created_at, datetime | None)
    assert_type(order.updated_at, datetime | None)
    assert_type(order.extra, Mapping[str, Any])
    assert_type(order.to_dict(), dict[str, Any])
    assert_type(Order.from_dict(order.to_dict()), Order)
    assert_type(attrs.evolve(order, title="new"), Order)
    is_good = order.status == OrderStatus.SUCCESS
    assert_type(is_good, bool)


def build_an_order() -> Order:
    """Build an order by hand, as tests of users do."""
    hours = CallHours(start=time(9), end=END_OF_DAY)
    assert_type(hours.start, time)
    assert_type(hours.end, time)
    return Order(
        id=1,
        service_title="internal",
        title="shown",
        status=OrderStatus.INFO,
        sip_endpoint_ids=(1,),
        call_schedule=(hours,),
        ai_default_language=Language.GB,
        call_record_rule=CallRecordRule.AGENT_IS_CONNECTED,
        sip_endpoint_usage_scheme="new_scheme",
        custom_values={10: "value"},
    )


def build_what_the_client_returns() -> None:
    """Build models, a page and a result without a server."""
    order = an_order(id=7, status=OrderStatus.INFO)
    assert_type(order, Order)
    assert_type(a_call_attempt_group(title="mine"), CallAttemptGroup)
    assert_type(a_custom_field(), CustomField)
    assert_type(a_lead(phone=None), Lead)
    assert_type(make_lead(phone=None), dict[str, Any])
    assert_type(fake_leads(3, seed=2), list[dict[str, Any]])
    assert_type(a_page(order, offset=100, limit=50, total=101), Page[Order])
    assert_type(a_result(order, order), ResultList[Order])
    assert_type(a_result(model=Order, report=PagingReport()), ResultList[Order])


async def handle(liner: LinerClient) -> str:
    """Handle each error by its class; all of them carry the same attributes."""
    try:
        await liner.orders.list()
    except DecodeError as error:
        assert_type(error.index, int | None)
        assert_type(error.item_id, int | None)
        assert_type(error.problems, tuple[str, ...])
    except (AuthError, NotFoundError, RateLimitError, ServerError) as error:
        assert_type(error, AuthError | NotFoundError | RateLimitError | ServerError)
        as_status: StatusError = error
        assert_type(as_status.status, int | None)
    except TransportTimeoutError as error:
        as_timeout: TimeoutError = error
        as_transport: TransportError = error
        return f"{as_timeout} {as_transport}"
    except PagingDriftError as error:
        as_paging: PagingError = error
        assert_type(as_paging.offset, int | None)
    except ConfigError as error:
        as_value_error: ValueError = error
        return str(as_value_error)
    except (ApiError, ResponseError, TransportError, ClientClosedError) as error:
        as_root: LinerError = error
        assert_type(as_root.retry_after, float | None)
    except OutcomeUnknownError as error:
        assert_type(error.endpoint, str | None)
        assert_type(error.sent_at, datetime | None)
    except BulkWriteError as error:
        as_outcome: Literal["not_sent", "refused", "unknown", "done"] | None = error.outcome
        return str(as_outcome)
    except LinerError as error:
        assert_type(error.offset, int | None)
        assert_type(error.attempts, int | None)
        assert_type(error.status, int | None)
        assert_type(error.reason, str | None)
        assert_type(error.method, str | None)
        assert_type(error.path, str | None)
    return ""


async def read_in_partitions() -> None:
    """Plan, read and join a list, as an engine would."""
    source = ListSource("https://liner.example", key_variable="LINER_API_KEY", rate=20)
    assert_type(source.share(4), ListSource)
    plan = source.plan(rows_per_partition=1_000)
    assert_type(plan, list[Partition])
    assert_type(await source.aplan(), list[Partition])
    assert_type(plan[0].offset, int)
    assert_type(plan[0].rows, int | None)
    reads = [source.read(part, on_error="report") for part in plan]
    assert_type(reads[0], PartitionRead)
    assert_type(await source.aread(plan[0], columns=["id"]), PartitionRead)
    assert_type(len(reads[0]), int)
    assert_type(reads[0].ids, tuple[int, ...])
    job = JobReport.of(each.report for each in reads)
    assert_type(job, JobReport)
    assert_type(reads[1].report.check_follows(reads[0].report), None)
    assert_type(job.paging, PagingReport)
    assert_type(job.errors, tuple[LinerError, ...])
    assert_type(job.doubt, str | None)
    assert_type(job.complete, bool)
    assert_type(job.drifted, bool)
