"""The flow that callers meet. The value is a digest of the version in force, whatever its number: a version that is
published again is the same."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.entry.models import Flow, FlowVersion
from indgang.entry.setup import flow_versions
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace, digest


def value_of(version: FlowVersion) -> str:
    return digest({name: value for name, value in version.definition.items() if name != "version"})


def present(code: str, place: SwitchPlace) -> str:
    version = flow_versions.in_force(Flow.objects.get(code=code))
    return value_of(version) if version else ""


def lock(code: str) -> None:
    """Let nobody publish until the transaction ends."""
    Flow.objects.select_for_update().get(code=code)


def put(code: str, value: str, place: SwitchPlace, who: Switcher) -> None:
    """Publish the draft or the earlier version that has this value. Raises RefusedChange when there is none, or it
    cannot run any more."""
    flow = Flow.objects.get(code=code)
    draft = flow_versions.draft_of(flow)
    try:
        if draft is not None and value_of(draft) == value:
            flow_versions.publish(draft, revision=draft.revision, note=who.note, by=who.by, at=place.at)
            return
        flow_versions.roll_back(_earlier(flow, value), note=who.note, by=who.by, at=place.at)
    except flow_versions.NotRunnable as error:
        said = _("Forløbet %(flow)s kan ikke køre: det nævner noget, der ikke findes mere.") % {"flow": flow.name}
        raise RefusedChange({"": said}) from error
    except EditedMeanwhile as error:
        said = _("Kladden til forløbet %(flow)s er ændret lige nu. Prøv igen.") % {"flow": flow.name}
        raise RefusedChange({"": said}) from error


def words(code: str, value: str, place: SwitchPlace) -> str:
    if not value:
        return _("Ikke udgivet")
    flow = Flow.objects.get(code=code)
    draft = flow_versions.draft_of(flow)
    if draft is not None and value_of(draft) == value:
        return _("Kladden (version %(number)s)") % {"number": draft.number}
    found = _published(flow, value, place.at) or _published(flow, value)
    return _("Version %(number)s") % {"number": found.number} if found else _("En version, der er væk")


def who_changed(code: str) -> str:
    """Who published the version in force."""
    version = flow_versions.in_force(Flow.objects.get(code=code))
    return version.published_by if version else ""


def _earlier(flow: Flow, value: str) -> FlowVersion:
    found = _published(flow, value)
    if found is None:
        raise RefusedChange({"": _("Forløbet %(flow)s har ikke den version mere.") % {"flow": flow.name}})
    return found


def _published(flow: Flow, value: str, until: datetime | None = None) -> FlowVersion | None:
    """The latest version with this value, published at that moment at the latest: taking a switch back publishes the
    earlier one again under another number."""
    rows = flow.versions.filter(published_at__isnull=False).order_by("-number")
    rows = rows if until is None else rows.filter(published_at__lte=until)
    return next((each for each in rows if value_of(each) == value), None)
