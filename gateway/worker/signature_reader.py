"""The child that checks the signatures of mails: ``python -m gateway.worker.signature_reader``."""

from __future__ import annotations

from gateway.channels.email.signatures import answer
from gateway.files.child import serve

if __name__ == "__main__":
    serve(answer)
