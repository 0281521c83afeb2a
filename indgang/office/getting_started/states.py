"""The progress of each step, read from the data that it concerns."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.accounts.models import Identity, Person, RoleAssignment
from indgang.catalogue.models import ContactCentre, DirectoryEntry, OpenSpan, PublicSite, Service, Unit
from indgang.core.clock import day_of
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.models import (
    SERVING_ROLES,
    EntryPoint,
    ExchangeStatus,
    Flow,
    PauseReason,
    Queue,
    QueueMembership,
    TrunkStatus,
)
from indgang.entry.setup import flow_versions
from indgang.entry.setup import greetings as setup_greetings
from indgang.entry.setup import skills as setup_skills
from indgang.entry.setup.skills import SkillUse
from indgang.events.models import StoredEvent
from indgang.health.examination import registered
from indgang.health.finding import Level
from indgang.knowledge.models import ArticleVersion
from indgang.office.getting_started import milestones
from indgang.office.getting_started.progress import StepProgress, begun, done, missing
from indgang.office.models import Milestone
from indgang.routing import flows as flow_rules
from indgang.workforce.models import Skill

#: so many calls are looked through for one over a real telephone system
_LATEST_CALLS = 1000


def units(at: datetime) -> StepProgress:
    """Begun when there is one service for each unit, which is the minimum for registration in a new centre."""
    day = day_of(at)
    served, services = Unit.objects.valid_on(day).exclude(parent=None).count(), Service.objects.valid_on(day).count()
    if not services:
        return missing(_("Der er ingen ydelser at registrere henvendelser under."))
    counted = _("Enheder: %(units)s. Ydelser: %(services)s.") % {"units": served, "services": services}
    if services <= served:
        return begun(counted + " " + _("Skriv de ydelser ind, som folk spørger om."))
    return done(counted)


def hours(at: datetime) -> StepProgress:
    day = day_of(at)
    open_spans = OpenSpan.objects.valid_on(day).filter(schedule=OuterRef("schedule"))
    centres = ContactCentre.objects.valid_on(day)
    without = [centre.name for centre in centres.exclude(Exists(open_spans))]
    if not centres.exists():
        return missing(_("Der er intet kontaktcenter."))
    if without:
        return missing(_("Uden åbningstider: %(centres)s.") % {"centres": ", ".join(without)})
    return done(_("Alle kontaktcentre har åbningstider. Der er lukket på helligdage, hvor ikke andet er valgt."))


def people(at: datetime) -> StepProgress:
    today = RoleAssignment.objects.valid_on(day_of(at)).filter(person__is_active=True)
    serving = today.filter(role__in=SERVING_ROLES).values("person").distinct().count()
    if not serving:
        return missing(_("Ingen har en rolle, hvor de kan tage telefonen."))
    counted = ngettext(
        "%(n)s medarbejder kan tage telefonen.", "%(n)s medarbejdere kan tage telefonen.", serving
    ) % {"n": serving}  # fmt: skip
    if not today.filter(role="team_leader").exists():
        return begun(counted + " " + _("Der er ingen teamleder."))
    return done(counted)


def directory(at: datetime) -> StepProgress:
    count = DirectoryEntry.objects.valid_on(day_of(at)).count()
    if not count:
        return missing(_("Telefonbogen er tom, så opkald kan kun stilles om til køer og til dem, der er logget ind."))
    return done(ngettext("%(n)s opslag i telefonbogen.", "%(n)s opslag i telefonbogen.", count) % {"n": count})


def skills(at: datetime) -> StepProgress:
    """Done when for each skill that a queue requires somebody has it."""
    day = day_of(at)
    uses = setup_skills.uses(day)
    unmet = [str(skill) for skill in Skill.objects.all() if _is_unmet(uses.get(skill.code))]
    if unmet:
        return missing(_("Kræves af en kø, men ingen har dem: %(skills)s.") % {"skills": ", ".join(unmet)})
    if not Skill.objects.valid_on(day).exists():
        return begun(_("Ingen kompetencer: alle i en kø kan få alle dens opkald."))
    return done(_("Der er nogen til alt, hvad køerne kræver."))


def _is_unmet(use: SkillUse | None) -> bool:
    return use is not None and bool(use.queues) and not use.people


def pauses(at: datetime) -> StepProgress:
    count = PauseReason.objects.valid_on(day_of(at)).count()
    if not count:
        return missing(_("Ingen pauseårsager: ingen kan holde pause."))
    return done(ngettext("%(n)s årsag at vælge imellem.", "%(n)s årsager at vælge imellem.", count) % {"n": count})


def queues(at: datetime) -> StepProgress:
    """Done when a call in any queue can be offered to somebody."""
    day = day_of(at)
    if not Queue.objects.valid_on(day).filter(is_safe=True).exists():
        return missing(_("Der er ingen sikker kø til de opkald, som ingen anden regel dækker."))
    rows = list(Queue.objects.valid_on(day))
    served = set(QueueMembership.objects.serving_on(day).filter(active=True).values_list("queue__code", flat=True))
    empty = [row.name for row in rows if not served & {row.code, *_helping(row)}]
    if len(empty) == len(rows):
        return missing(_("Ingen medarbejdere er knyttet til en kø."))
    if empty:
        return begun(_("Uden medarbejdere: %(queues)s.") % {"queues": ", ".join(empty)})
    return done(_("Der er medarbejdere til alle køer."))


def _helping(queue: Queue) -> set[str]:
    return {code for step in queue.steps for code in step.get("also_queues", [])}


def numbers(at: datetime) -> StepProgress:
    count = EntryPoint.objects.valid_on(day_of(at)).count()
    if not count:
        return missing(_("Intet nummer fører til et opkaldsforløb."))
    return done(ngettext("%(n)s nummer er i brug.", "%(n)s numre er i brug.", count) % {"n": count})


def flows(at: datetime) -> StepProgress:
    """Done when the published flows work and no draft is open."""
    day = day_of(at)
    published = [version for flow in Flow.objects.all() if (version := flow_versions.in_force(flow)) is not None]
    if not published:
        return missing(_("Intet opkaldsforløb er udgivet."))
    known = flow_versions.known(day)
    broken = [each.flow.name for each in published if flow_rules.errors(flow_rules.parse(each.definition), known)]
    if broken:
        return missing(_("Kan ikke køre, som det er nu: %(flows)s.") % {"flows": ", ".join(broken)})
    drafts = Flow.objects.filter(versions__published_at=None).distinct()
    if drafts:
        return begun(_("Ikke udgivet: %(flows)s.") % {"flows": ", ".join(flow.name for flow in drafts)})
    return done(_("Alle opkaldsforløb er udgivet."))


def greetings(at: datetime) -> StepProgress:
    """Done when every centre has a greeting today and one of its flows says it."""
    day = day_of(at)
    greeted, centres = setup_greetings.of_day(day), list(ContactCentre.objects.valid_on(day))
    without = [centre.name for centre in centres if centre.code not in greeted]
    if without or not centres:
        return missing(_("Uden velkomst: %(centres)s.") % {"centres": ", ".join(without) or "–"})
    unsaid = [centre.name for centre in centres if not setup_greetings.flows_with_step(centre)[0]]
    if unsaid:
        return begun(_("Intet opkaldsforløb siger velkomsten i: %(centres)s.") % {"centres": ", ".join(unsaid)})
    return done(_("Alle kontaktcentre har en velkomst."))


def line(at: datetime) -> StepProgress:
    """Done when one of the latest calls over a telephone system that is not the simulator has been answered."""
    if "asterisk" not in settings.EXCHANGES and not settings.EXCHANGE_FILE.exists():
        return missing(_("Der er ingen telefoncentral, kun den simulerede. Sæt INDGANG_EXCHANGES."))
    if not ExchangeStatus.objects.heard_of(at).exclude(name="simulator").filter(up=True).exists():
        return missing(_("Telefoncentralen kan ikke nås."))
    if down := list(TrunkStatus.objects.filter(up=False).values_list("name", flat=True)):
        return begun(_("Telefonlinjen er nede: %(names)s. Se Drift.") % {"names": ", ".join(down)})
    if not _is_answered():
        return begun(_("Telefoncentralen kan nås. Intet opkald er besvaret endnu."))
    return done(_("Et opkald er besvaret."))


def _is_answered() -> bool:
    latest = StoredEvent.objects.filter(kind=Kind.ARRIVED).order_by("-position").values_list("stream", "data")
    real = [stream for stream, data in latest[:_LATEST_CALLS] if data.get("exchange", "") not in ("", "simulator")]
    return bool(Enquiry.objects.filter(pk__in=real, answered_at__isnull=False).exists())


def knowledge(at: datetime) -> StepProgress:
    counts = ArticleVersion.objects.aggregate(
        published=Count("article", filter=Q(state="published"), distinct=True), all=Count("article", distinct=True)
    )
    if counts["published"]:
        return done(
            ngettext("%(n)s artikel er udgivet.", "%(n)s artikler er udgivet.", counts["published"])
            % {"n": counts["published"]}
        )
    return begun(_("Ingen artikel er udgivet endnu.")) if counts["all"] else missing(_("Der er ingen artikler."))


def public_site(at: datetime) -> StepProgress:
    site = PublicSite.objects.first()
    if site is None:
        return missing(_("Siderne hedder det samme som kommunen og har ingen kontaktoplysninger."))
    if not site.contact:
        return begun(_("Der står ingen kontaktoplysninger nederst på siderne."))
    return done(_("Siderne hedder “%(name)s”.") % {"name": site.name})


def mail(at: datetime) -> StepProgress:
    """Done when the server has accepted a test mail."""
    if not settings.EMAIL_HOST:
        return missing(_("Ingen mailserver: mails bliver lagt i en mappe. Sæt INDGANG_MAIL_HOST."))
    if not milestones.has_reached(milestones.MAIL):
        return begun(_("Mailserveren er valgt. Send en prøvemail."))
    return done(_("Mailserveren har taget imod en prøvemail."))


def backup(at: datetime) -> StepProgress:
    """The result of the installation check for backups."""
    found = [finding for check in registered() if check.name == "backup" for finding in check.look()]
    worst = max(found, key=lambda finding: finding.level, default=None)
    if worst is None or worst.level is Level.ERROR:
        return missing(worst.text if worst else _("Ingen sikkerhedskopi endnu."))
    return done(worst.text) if worst.level is Level.OK else begun(worst.text)


def sign_on(at: datetime) -> StepProgress:
    """Done when somebody has signed in through a provider and an account exists for a day when the provider is down."""
    if not settings.SIGN_ON:
        return missing(_("Alle logger ind med en adgangskode hos Indgang. It-driften sætter en loginudbyder op."))
    if not Identity.objects.exists():
        return begun(_("Ingen har logget ind hos loginudbyderen endnu. Prøv det selv."))
    if not Person.objects.filter(is_break_glass=True, is_active=True).exists():
        return begun(_("Lav en nødkonto til den dag, loginudbyderen er nede."))
    return done(_("Kollegerne logger ind hos loginudbyderen, og der er en nødkonto."))


def privacy(at: datetime) -> StepProgress:
    return _said(milestones.PRIVACY, _("Ingen har bekræftet, at det er læst."))


def live(at: datetime) -> StepProgress:
    return _said(milestones.LIVE, _("Centret er ikke i drift endnu."))


def _said(name: str, otherwise: str) -> StepProgress:
    reached = Milestone.objects.filter(name=name).first()
    if reached is None:
        return missing(otherwise)
    day = f"{day_of(reached.reached_at):%d.%m.%Y}"
    return done(_("Bekræftet af %(who)s den %(day)s.") % {"who": reached.reached_by, "day": day})
