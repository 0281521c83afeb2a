"""What the SMS gateway reports: receipts, and messages from telephones."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from indgang.accounts.gate import public
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.messaging.sms import arrivals, gatewayapi

logger = logging.getLogger(__name__)


@declares(Operation("POST", "A report of the SMS gateway", status=204))
@csrf_exempt  # no cookie and no session: the gateway signs what it reports
@require_POST
@public
def sms_reports(request: HttpRequest) -> HttpResponse:
    """Take one report: 204, or 403 when it is not signed or says nothing. After any other answer it comes again."""
    if settings.SMS_GATEWAY != gatewayapi.NAME:
        raise Http404
    signature = request.headers.get(gatewayapi.SIGNATURE, "")
    try:
        report = gatewayapi.read_report(signature, secret=settings.SMS_WEBHOOK_SECRET, keyword=settings.SMS_KEYWORD)
    except gatewayapi.BadReport as error:
        logger.warning("a report of the SMS gateway is refused: %s", error)
        return HttpResponse(status=403)
    arrivals.take(report, at=clock.now())
    return HttpResponse(status=204)
