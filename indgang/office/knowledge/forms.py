"""Forms of articles: list filters, facts, wording, decisions, files, news, synonyms and rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Purpose, Service, Unit
from indgang.core import clock
from indgang.knowledge import responsible, wording
from indgang.knowledge.models import Article, ArticleVersion, Audience
from indgang.office.unit_choice import UnitChoice
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
#: empty rows for further links; save and continue for more
SPARE_ROWS = 2

LINK_KINDS = {
    "page": gettext_lazy("Side"),
    "self_service": gettext_lazy("Selvbetjening"),
    "law": gettext_lazy("Lov eller regler"),
}
LINK_OWNERS = {
    "own": gettext_lazy("Kommunen"),
    "shared": gettext_lazy("Fælles for kommuner"),
    "national": gettext_lazy("Staten (kan ikke ændres af os)"),
}


class Moment(forms.DateTimeField):
    """A moment in Copenhagen time, in the format of the browser's own field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=MOMENT, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(clock.COPENHAGEN) if isinstance(value, datetime) and value.tzinfo else value


class ArticleFilter(forms.Form):
    text = forms.CharField(label=gettext_lazy("Ord"), required=False, max_length=200)
    unit = UnitChoice(
        Unit.objects.none(), label=gettext_lazy("Enhed"), required=False, empty_label=gettext_lazy("Alle")
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Ydelse"), required=False, empty_label=gettext_lazy("Alle"),
        to_field_name="code",
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("Tilstand"),
        required=False,
        choices=[
            ("", gettext_lazy("Alle i brug")),
            ("published", gettext_lazy("Udgivet")),
            ("waiting", gettext_lazy("Udgives senere")),
            ("draft", gettext_lazy("Har en kladde")),
            ("in_review", gettext_lazy("Til godkendelse")),
            ("new", gettext_lazy("Aldrig udgivet")),
            ("withdrawn", gettext_lazy("Trukket tilbage")),
        ],
    )
    overdue = forms.BooleanField(label=gettext_lazy("Skal læses igennem"), required=False)
    mine = forms.BooleanField(label=gettext_lazy("Mine"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = Article.objects.values("unit__path")
        offer(self, "unit", Unit.objects.filter(path__in=used).order_by("path"))
        offer(self, "service", Service.objects.filter(articles__isnull=False).distinct().order_by("name"))
        unit = self.fields["unit"]
        assert isinstance(unit, UnitChoice)
        unit.to_field_name = "code"


class ArticleFactsForm(Revised, forms.Form):
    """The subject of an article and the people responsible for it."""

    unit = UnitChoice(Unit.objects.none(), label=gettext_lazy("Enhed"), empty_label=gettext_lazy("Vælg en enhed"))
    service = forms.ModelChoiceField(Service.objects.none(), label=gettext_lazy("Ydelse"), required=False)
    owner = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Ejer"), required=False,
        help_text=gettext_lazy("Får opgaver og påmindelser."),
    )  # fmt: skip
    approver = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Godkender"), required=False,
        help_text=gettext_lazy("Vælger du ingen, kan alle, der har ret til det, godkende."),
    )  # fmt: skip
    audience = forms.ChoiceField(
        label=gettext_lazy("Hvem må læse den?"), choices=Audience.choices, initial=Audience.EVERYONE
    )
    elsewhere = forms.BooleanField(
        label=gettext_lazy("Andre svarer på det"), required=False,
        help_text=gettext_lazy("Artiklen siger, hvem der svarer i stedet. Søgningen siger det også."),
    )  # fmt: skip
    review_on = DayField(label=gettext_lazy("Læses igennem senest"), widget=DAY, required=False)
    purposes = forms.ModelMultipleChoiceField(
        Purpose.objects.none(), label=gettext_lazy("Ærinder"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: Any, article: Article | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        offer(self, "unit", units.order_by("path"))
        offer(self, "service", Service.objects.valid_on(today).order_by("name"))
        offer(self, "owner", people_with(Permission.EDIT_KNOWLEDGE, article.owner if article else None))
        offer(self, "approver", people_with(Permission.APPROVE_KNOWLEDGE, article.approver if article else None))
        offer(self, "purposes", Purpose.objects.valid_on(today))
        if article is not None:
            names = ("unit", "service", "owner", "approver", "audience", "elsewhere", "review_on")
            self.initial = {name: getattr(article, name) for name in names}
            self.initial["purposes"] = list(article.purposes.all())


class NewArticleForm(ArticleFactsForm):
    title = forms.CharField(
        label=gettext_lazy("Hvad spørger man om?"), max_length=wording.TITLE,
        help_text=gettext_lazy("Artiklens overskrift. Brug de ord, folk selv ville bruge."),
    )  # fmt: skip
    field_order = ["title", "unit", "service", "audience"]


class WordingForm(forms.Form):
    """The text of a version. The domain checks lengths and links, so errors appear beside the typed text."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Overskrift"), required=False)
    short = forms.CharField(
        label=gettext_lazy("Kort svar"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Begynd med det næste skridt. Medarbejderen siger det, og søgningen viser det."),
    )  # fmt: skip
    body = forms.CharField(label=gettext_lazy("Hele svaret"), required=False, widget=forms.Textarea(attrs={"rows": 18}))
    words = forms.CharField(
        label=gettext_lazy("Ord, folk bruger om det"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Med komma imellem. Så dukker artiklen op i søgningen, selv om ordet ikke står i den."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Hvad er ændret, og hvorfor?"), required=False, max_length=wording.REASON,
        help_text=gettext_lazy("Vises ved versionen og er det første, godkenderen læser."),
    )  # fmt: skip
    publish_from = Moment(
        label=gettext_lazy("Skal gælde fra"), required=False,
        help_text=gettext_lazy("Tomt: så snart den er godkendt."),
    )  # fmt: skip

    def __init__(self, *args: Any, rows: int = 0, version: ArticleVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = version.links if version else []
        self.link_rows = min(max(len(links) + SPARE_ROWS, rows), wording.MOST_LINKS + SPARE_ROWS)
        if version is not None:
            names = ("revision", "title", "short", "body", "reason")
            self.initial = {name: getattr(version, name) for name in names} | {"words": ", ".join(version.words)}
        for number in range(self.link_rows):
            self._add_link(number, links[number] if number < len(links) else {})

    def _add_link(self, number: int, link: Mapping[str, str]) -> None:
        words = {"number": number + 1}
        self.fields[f"link_title_{number}"] = forms.CharField(
            label=_("Tekst på link %(number)s") % words, required=False, initial=link.get("title", "")
        )
        self.fields[f"link_url_{number}"] = forms.CharField(
            label=_("Adresse på link %(number)s") % words, required=False, initial=link.get("url", ""),
            widget=forms.TextInput(attrs={"inputmode": "url"}),
        )  # fmt: skip
        self.fields[f"link_kind_{number}"] = forms.ChoiceField(
            label=_("Type for link %(number)s") % words, required=False, initial=link.get("kind", "page"),
            choices=list(LINK_KINDS.items()),
        )  # fmt: skip
        self.fields[f"link_owner_{number}"] = forms.ChoiceField(
            label=_("Ejer af link %(number)s") % words, required=False, initial=link.get("owner", "own"),
            choices=list(LINK_OWNERS.items()),
        )  # fmt: skip

    @property
    def links(self) -> list[list[BoundField]]:
        parts = ("title", "url", "kind", "owner")
        return [[self[f"link_{part}_{number}"] for part in parts] for number in range(self.link_rows)]

    def wording(self) -> dict[str, Any]:
        """The data in the form that `versions.save` takes."""
        data = self.cleaned_data
        links = [
            {part: data.get(f"link_{part}_{number}") or "" for part in ("title", "url", "kind", "owner")}
            for number in range(self.link_rows)
        ]
        return {
            "title": data["title"], "short": data["short"], "body": data["body"],
            "words": [word.strip() for word in data["words"].replace("\n", ",").split(",") if word.strip()],
            "links": [link for link in links if link["title"] or link["url"]],
        }  # fmt: skip


class ApprovalForm(forms.Form):
    publish_from = Moment(label=gettext_lazy("Skal gælde fra"), required=False, help_text=gettext_lazy("Tomt: nu."))
    note = forms.CharField(label=gettext_lazy("Bemærkning"), required=False, max_length=500)


class RejectionForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Hvad skal der til?"), widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Skriv, hvad der skal til.")},
        help_text=gettext_lazy("Den, der har skrevet, ser det i kladden."),
    )  # fmt: skip


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label=gettext_lazy("Hvad blev der gjort?"), max_length=300,
        help_text=gettext_lazy("Den, der meldte det, kan se det."),
    )  # fmt: skip


class TaskPlaceForm(Revised, forms.Form):
    unit = UnitChoice(Unit.objects.none(), label=gettext_lazy("Enhed"), empty_label=gettext_lazy("Vælg en enhed"))
    owner = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("Hvem skal løse den?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", Unit.objects.valid_on(clock.today()).order_by("path"))
        offer(self, "owner", people_with(Permission.EDIT_KNOWLEDGE))


class StartArticleForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Overskrift"), max_length=wording.TITLE)


class AttachmentForm(forms.Form):
    content = forms.FileField(
        label=gettext_lazy("Fil"), allow_empty_file=True,
        help_text=gettext_lazy("Billede, PDF, Word, OpenDocument eller ren tekst på højst 10 MB."),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("Beskrivelse"), required=False, max_length=300,
        help_text=gettext_lazy("Læses op for den, der ikke kan se billedet."),
    )  # fmt: skip


class WithdrawalForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Hvorfor?"), max_length=300,
        error_messages={"required": gettext_lazy("Skriv, hvorfor den trækkes tilbage.")},
    )  # fmt: skip


class NewsForm(Revised, forms.Form):
    title = forms.CharField(label=gettext_lazy("Overskrift"), required=False)
    text = forms.CharField(label=gettext_lazy("Tekst"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    title_en = forms.CharField(label=gettext_lazy("Overskrift på engelsk"), required=False)
    text_en = forms.CharField(
        label=gettext_lazy("Tekst på engelsk"), required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Emne"), required=False,
        empty_label=gettext_lazy("Alle emner"), help_text=gettext_lazy("Nyhedsbrevet går til dem, der følger emnet."),
    )  # fmt: skip
    shown_from = Moment(label=gettext_lazy("Vises fra"))
    shown_until = Moment(label=gettext_lazy("Vises til"))

    def __init__(self, *args: Any, services: QuerySet[Service], all_subjects: bool, **kwargs: Any) -> None:
        """`services` are the choices; `all_subjects` adds news about all subjects."""
        super().__init__(*args, **kwargs)
        offer(self, "service", services)
        service = self.fields["service"]
        assert isinstance(service, forms.ModelChoiceField)
        if not all_subjects:
            service.required, service.empty_label = True, _("Vælg et emne")


class SynonymsForm(Revised, forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Ord, der betyder det samme"),
        help_text=gettext_lazy("Med komma imellem, fx: skilt, facadeskilt, reklameskilt."),
    )  # fmt: skip

    def listed(self) -> list[str]:
        return [word.strip() for word in self.cleaned_data["words"].split(",")]


class RulesForm(Revised, forms.Form):
    UNCOMPARED = ("valid_from",)

    small_edit_characters = forms.IntegerField(
        label=gettext_lazy("Største rettelse uden godkendelse (tegn)"),
        help_text=gettext_lazy("Tilføjede og slettede tegn lagt sammen. Ved 0 skal alt godkendes."),
    )
    review_months = forms.IntegerField(
        label=gettext_lazy("Måneder, til en artikel skal læses igennem"),
        help_text=gettext_lazy("Regnes fra sidste gang, den blev læst igennem."),
    )
    valid_from = DayField(label=gettext_lazy("Gælder fra"), widget=DAY)


def people_with(permission: Permission, present: Person | None = None) -> QuerySet[Person]:
    """The people with the permission that the choice requires, and the present choice."""
    able: QuerySet[Person] = responsible.holders(permission, clock.today())
    here = Q(pk__in=able.values("pk")) | Q(pk=present.pk if present else None)
    found: QuerySet[Person] = Person.objects.filter(here).order_by("name")
    return found
