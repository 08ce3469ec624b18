"""Create leads from a site's form with FastAPI: `ORDER_ID=123 uvicorn lead_form:app`."""

import logging
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from liner_async import LinerClient, LinerError, OutcomeUnknownError, RetryPolicy

ORDER_ID = int(os.environ.get("ORDER_ID", "123"))
TIMEOUT = float(os.environ.get("TIMEOUT", "5"))  # seconds, one attempt
RETRY = RetryPolicy(deadline=2 * TIMEOUT, retry_after_max=2.0)  # a visitor waits no longer

CREATED = "Thank you. We will call you."
IN_DOUBT = "We have your number. If nobody calls within an hour, please call us: no need to resend."
REFUSED = "We could not take this. Please check your number."
NOT_TAKEN = "Something is wrong on our side, and nothing was saved. Please try again in a minute."

log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, LinerClient]]:
    """Open one client for the process and close it after the last visitor."""
    async with LinerClient(timeout=TIMEOUT, retry=RETRY) as liner:
        yield {"liner": liner}


app = FastAPI(lifespan=lifespan)


class Form(BaseModel):
    """What a visitor fills in."""

    phone: str
    name: str | None = None


@app.post("/call-me")
async def call_me(request: Request, form: Form) -> JSONResponse:
    """Create a lead, and tell the visitor what became of it, whatever that is."""
    reference = uuid.uuid4().hex[:8]  # by which somebody finds the lead, if it is in doubt
    try:
        await request.state.liner.leads.create(
            phone=form.phone,
            name=form.name,
            order_id=ORDER_ID,
            source_comment=f"form {reference}",
        )
    except OutcomeUnknownError as error:
        log.critical("form %s may be there: look for it: %s", reference, error)
        return answer(HTTPStatus.ACCEPTED, IN_DOUBT, reference)
    except LinerError as error:
        log.warning("form %s: %s: %s", reference, error.outcome, error)
        if error.outcome == "done":  # only its number is missing in LINER's answer
            return answer(HTTPStatus.CREATED, CREATED, reference)
        if error.outcome == "refused" and error.status in {200, 400, 422}:
            return answer(HTTPStatus.UNPROCESSABLE_ENTITY, REFUSED, reference)
        return answer(HTTPStatus.SERVICE_UNAVAILABLE, NOT_TAKEN, reference)
    return answer(HTTPStatus.CREATED, CREATED, reference)


def answer(status: HTTPStatus, text: str, reference: str) -> JSONResponse:
    """Return what the visitor is shown."""
    return JSONResponse({"text": text, "reference": reference}, status)
