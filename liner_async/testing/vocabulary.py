"""Texts that invented rows are made of: long and short, in two scripts, with signs that break."""

# ruff: noqa: RUF001 - the titles are Russian

from __future__ import annotations

import random
from typing import Final

__all__ = [
    "HOLIDAYS",
    "LAST_NAMES",
    "NAMES",
    "PHRASES",
    "PROMPTS",
    "SCHEDULES",
    "TITLES",
    "VALUES",
    "phone",
]

TITLES: Final = (
    "Квартиры в новостройках, Казань",
    "Мебель на заказ — «Дом и сад»",
    "Окна ПВХ: повторные обращения",
    "Ремонт под ключ 🏠",
    "Страхование авто (ОСАГО/КАСКО)",
    'Кофейня "У моста" \\ доставка',
    "Online courses, spring intake",
    "Dental clinic – reactivation",
    "B2B software demo requests",
    "Solar panels: O'Neil & Sons",
    "Fitness club <trial week>",
    "Car dealership ☎️ test drives",
)
PROMPTS: Final = (
    "Ты вежливый оператор колл-центра.\nУточни, актуальна ли заявка.\nНе обещай скидок.\n" * 2,
    "You are a polite call-centre agent. Ask about the budget,\nthen offer a meeting this week.",
    'Если клиент говорит "перезвоните позже", спроси точное время и попрощайся.',
    "Never promise a discount. If the client asks for a person, connect an agent at once.\n" * 3,
)
PHRASES: Final = (
    "Здравствуйте! Удобно говорить?",
    "Hello! Is now a good time to talk?",
    "Алло 🙂",
)
SCHEDULES: Final[tuple[list[list[str]], ...]] = (
    [["09:00", "18:00"]],
    [["00:00", "24:00"]],
    [["09:00", "13:00"], ["14:00", "20:30"]],
    [["10:00", "19:00"]] * 5 + [["11:00", "16:00"], ["00:00", "00:00"]],
    [],
)
HOLIDAYS: Final = ("2024-01-01", "2024-02-23", "2024-03-08", "2024-05-09", "2024-12-31")
VALUES: Final = (
    "example value",
    "",
    "да",
    "https://example.com/?a=1&b=2",
    "3 500 000 ₽",
    "😀 “ok”",
)
NAMES: Final = ("Анна", "John", "Иван", "María José", "Ольга", "O'Neil", "Li 李", "Пётр", "🙂")
LAST_NAMES: Final = ("Иванова", "Doe", "Smith-Jones", "Ковалёв", "д’Артаньян", "Müller")


def phone(rng: random.Random) -> str:
    """Return a phone number as LINER's answers write them."""
    return f"+7900{rng.randint(0, 9_999_999):07d}"
