from argilla_server.models import Webhook

class Answer:
    """An answer of httpx."""

    def raise_for_status(self) -> Answer: ...

def notify_event(webhook: Webhook, event: str, timestamp: object, data: object) -> Answer: ...
