"""The pauses before a failed job is tried again."""

from __future__ import annotations

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

MINUTE, HOUR = 60, 3600

#: long enough for a mail server that is down for a night or greylists for a quarter of an hour
MAIL = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR)
#: a daily job is tried again the same day, then the next
DAILY = (MINUTE, 10 * MINUTE, HOUR)


class Hopeless(Exception):
    """Trying again cannot help."""


class Patience(BaseRetryStrategy):
    """Pauses in seconds, one before each new attempt; after the last one the job has failed for good."""

    def __init__(self, pauses: tuple[int, ...]) -> None:
        self.pauses = pauses

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, Hopeless) or job.attempts >= len(self.pauses):
            return None
        return RetryDecision(retry_in={"seconds": self.pauses[job.attempts]})
