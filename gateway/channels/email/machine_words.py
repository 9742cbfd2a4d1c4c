# ruff: noqa: RUF001
"""How mail servers and absent people's programs put things, lower-case. Data alone."""

from __future__ import annotations

from typing import Final

# Programs that return mail without a report part, by how they begin.
RETURN_TEXTS: Final = (
    "this is the qmail-send program", "this message was created automatically by mail delivery",
    "this is the mail system at host", "the following addresses had permanent",
    "the following message to", "could not be delivered to", "wasn't delivered to",
    "couldn't be delivered", "could not be delivered", "was not delivered", "undeliverable",
    "delivery to the following recipient", "delivery has failed to these recipients",
    "i'm afraid i wasn't able to deliver", "unable to deliver", "permanent fatal errors",
    "returned mail", "delivery failed", "your message did not reach", "failed permanently",
    "konnte nicht zugestellt werden", "n'a pas pu être remis", "no se pudo entregar",
    "no ha podido entregarse", "non è stato possibile recapitare", "não foi entregue",
)  # fmt: skip
RETURN_SUBJECTS: Final = (
    "undeliver", "mail delivery failed", "delivery status notification", "returned mail",
    "failure notice", "delivery failure", "mail delivery failure", "delivery notification",
    "unzustellbar", "non remis", "no se puede entregar", "mail system error", "mail failure",
)  # fmt: skip
DELAY_TEXTS: Final = (
    "has not yet been delivered", "delayed", "will be retried", "will continue to try",
    "no action is required", "not been delivered yet", "still being retried", "do not resend",
    "delivery attempts will continue", "warning message only",
)  # fmt: skip
REPLY_SUBJECTS: Final = (
    "automatic reply", "auto reply", "auto-reply", "autoreply", "auto response", "out of office",
    "out of the office", "vacation", "abwesenheit", "automatische antwort", "abwesend",
    "réponse automatique", "absence du bureau", "respuesta automática", "fuera de la oficina",
    "risposta automatica", "fuori ufficio", "resposta automática", "automatisch antwoord",
    "afwezig", "autosvar", "automatiskt svar", "automaattinen vastaus", "odpowiedź automatyczna",
    "automatická odpověď", "автоответ", "автоматический ответ", "otomatik yanıt", "自動返信",
    "自动回复", "自動回覆", "자동 회신", "رد تلقائي", "תשובה אוטומטית", "αυτόματη απάντηση",
    "automatikus válasz", "răspuns automat",
)  # fmt: skip
REPLY_TEXTS: Final = (
    "i am out of the office", "i'm out of the office", "i am currently out", "i am on vacation",
    "i am away", "this is an automated", "this is an automatic", "automatically generated",
    "do not reply to this", "ich bin derzeit nicht", "ich bin bis", "je suis absent",
    "estoy fuera de la oficina", "sono fuori ufficio", "estou fora do escritório",
)  # fmt: skip
