"""Users: what `GET /v2/user/list/` lists (vendor pages `/devs/api/v2/user/...`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from liner_async._codec.unstructure import JsonValue
from liner_async.models.model import FLAG, IDENTIFIER, SHOWN, TEXT, Model
from liner_async.models.order import Language

__all__ = ["AccessGroup", "User"]


class AccessGroup(StrEnum):
    """The documented access groups of users."""

    CLIENT = "client"
    CALL_CENTER = "call-center"
    CALL_CENTER_SENIOR = "call-center-senior"
    ARBITRATION = "arbitration"
    MODERATOR = "moderator"
    ADMIN = "admin"


@frozen(kw_only=True)
class User(Model):
    """Somebody who works in the installation: an agent, a supervisor, an administrator, a client.

    Only `id` is required; `language_skill_codes` is never None. Other fields are None where the
    vendor sends null or nothing. `repr` leaves personal data out; a notebook's table shows it.
    """

    id: int = field(metadata=IDENTIFIER)
    """Identifier of the user, greater than 0."""
    name: str | None = field(default=None, repr=False, metadata=SHOWN)
    """First name."""
    last_name: str | None = field(default=None, repr=False, metadata=SHOWN)
    """Last name."""
    second_name: str | None = field(default=None, repr=False)
    """Middle name or patronymic."""
    email: str | None = field(default=None, repr=False, metadata=SHOWN)
    """E-mail address."""
    is_active: bool | None = field(default=None, metadata=SHOWN)
    """Whether the user is active."""
    access_group: AccessGroup | str | None = field(default=None, metadata=SHOWN)
    """What the user may do; a group the vendor added later stays text."""
    web_rtc_enabled: bool | None = None
    """Whether the user calls by WebRTC."""
    interface_language_code: Language | str | None = None
    """Language of the user's interface; English is `gb`."""
    language_skill_codes: tuple[str, ...] = ()
    """Languages that the user speaks, by code."""
    auto_answer: int | None = field(default=None, metadata=FLAG)
    """Automatic answering: whether a flag or seconds is not documented; true and false read as 1
    and 0."""
    phone_mode: str | None = None
    """Mode of the user's phone; codes other than `default` are not documented."""
    avatar_url: str | None = field(default=None, repr=False)
    """Where the user's picture is."""
    telegram_notifications_enabled: bool | None = field(default=None, repr=False)
    """Whether notifications are sent by Telegram."""
    telegram_chat_id: str | None = field(default=None, repr=False, metadata=TEXT)
    """The Telegram chat; its type is not documented, and a number is read as its digits."""
    telegram_notifications_type: str | None = field(default=None, repr=False)
    """Which notifications are sent by Telegram; the values are not documented."""
    email_notifications_enabled: bool | None = None
    """Whether notifications are sent by e-mail."""
    email_notifications_type: str | None = None
    """Which notifications are sent by e-mail; the values are not documented."""
    last_login_at: datetime | None = None
    """When the user last logged in, with its zone."""
    last_activity_at: datetime | None = None
    """When the user last did something, with its zone."""
    created_at: datetime | None = None
    """When the user was created, with its zone."""
    extra: Mapping[str, JsonValue] = field(factory=dict, hash=False, repr=False)
    """Fields this version does not know, by the vendor's name."""
