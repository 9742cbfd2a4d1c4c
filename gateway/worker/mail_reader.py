"""The child that reads mails: ``python -m gateway.worker.mail_reader``."""

from __future__ import annotations

from gateway.channels.email.reader import answer
from gateway.files.child import serve

if __name__ == "__main__":
    serve(answer)
