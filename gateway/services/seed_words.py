"""What made-up shoppers are called and write: names in many scripts, sentences with holes."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

NAMES: Final = MappingProxyType(
    {
        "latin": (
            ("Vera", "Jonas", "Amélie", "Søren", "Zoë", "Łukasz", "İpek", "Ángel", "Nguyễn", "Mia"),
            ("Larsen", "Osei", "Müller", "García", "Şahin", "O'Brien", "Nowak", "Silva", "Thị Hoa"),
        ),
        "greek": (("Ελένη", "Νίκος", "Μαρία"), ("Παπαδοπούλου", "Γεωργίου", "Οικονόμου")),
        "cyrillic": (("Ольга", "Иван", "Оксана"), ("Соколова", "Петренко", "Иванов")),
        "arabic": (("ليلى", "عمر", "فاطمة"), ("حداد", "الشريف", "منصور")),
        "hebrew": (("נועה", "דוד"), ("כהן", "לוי")),
        "devanagari": (("अनिका", "राहुल"), ("शर्मा", "गुप्ता")),
        "thai": (("สมชาย", "มาลี"), ("ใจดี", "แสงทอง")),
        "han": (("伟", "秀英", "芳"), ("王", "李", "陈")),
        "kana": (("さくら", "健太"), ("田中", "佐藤")),
        "hangul": (("지우", "민준"), ("김", "박")),
    }
)
"""Given names and family names, by script."""

WRITTEN_TOGETHER: Final = frozenset({"han", "hangul", "kana"})  #: the family's name first

THINGS: Final = (
    "shoes", "jacket", "tea pot", "lamp", "rain coat", "headphones", "keyboard", "desk", "rucksack",
    "bicycle bell", "blanket", "watch", "tent", "cutting board", "candle", "sweater", "scarf",
)  # fmt: skip
KINDS: Final = (
    "blue", "green", "small", "large", "second", "woollen", "waterproof", "new", "old", "folding",
)  # fmt: skip
TOWNS: Final = ("Oslo", "Porto", "Leeds", "Graz", "Lyon", "Kyoto", "Austin", "Accra", "Cork")

ASKED: Final = (
    "Is the {kind} {thing} back in stock?",
    "Where is my order {order}? It should have come to {town} on {day}.",
    "The {thing} arrived broken. Can I send it back?",
    "I would like to exchange the {kind} {thing} for another size.",
    "Do you deliver to {town}, and what does it cost?",
    "I never got an invoice for order {order}.",
    "Can I still change the address of order {order}?",
    "The discount code does not work for the {thing}.",
    "Hallo, passt der {thing} auch zu {kind}? Bestellung {order}.",
    "Bonjour, ma commande {order} n'est pas arrivée à {town}.",
    "¿Cuándo llega mi pedido {order}?",
    "注文 {order} はいつ届きますか。",
    "أين طلبي رقم {order}؟",
)
MORE: Final = (
    "Hello?", "Any news?", "It is order {order}, by the way.", "Thanks!", "Perfect, thank you.",
    "I am a bit in a hurry: I leave for {town} on {day}.", "The {kind} one, please.", "👍", "Yes.",
    "No, the other one. I bought the {thing} last month and it has been fine until {day}, when it "
    "simply stopped. I have tried everything that the booklet says, twice, and my neighbour tried "
    "as well. Could you tell me what you would do in my place?",
)  # fmt: skip
ANSWERED: Final = (
    "Hi! Let me look that up for you.",
    "Yes, the {kind} {thing} is back since {day}.",
    "I am sorry about that. I have sent a label for the return to you.",
    "Order {order} left us on {day} and is on its way to {town}.",
    "We deliver to {town} in three to five days.",
    "I have changed that. You will get a new confirmation in a minute.",
    "Done. Is there anything else that I can do?",
    "Could you send me a picture of the {thing}?",
)
NOTED: Final = (
    "The carrier says that {order} is lost. Let us send another {thing}.",
    "Same as last month; see what we did then.",
    "Asked the warehouse in {town} about the {kind} {thing}.",
)
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

LABELS: Final = (
    ("return", "amber", 0.14),
    ("delivery", "blue", 0.16),
    ("invoice", "violet", 0.06),
    ("good customer", "green", 0.05),
    ("defect", "red", 0.04),
    ("wholesale", "grey", 0.02),
)
"""Name, colour, and the share of conversations that bear it."""
