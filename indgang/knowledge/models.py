"""Articles with their versions, guides, tasks about them, news, subscriptions, and the search index."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Dated, Purpose, Service, Unit, one_at_a_time


class Audience(models.TextChoices):
    """Who may read an article or a guide."""

    EVERYONE = "everyone", _("Alle, også på hjemmesiden")
    STAFF = "staff", _("Medarbejdere")
    UNIT = "unit", _("Kun enhedens egne medarbejdere")


class Language(models.TextChoices):
    DANISH = "da", _("Dansk")
    ENGLISH = "en", _("Engelsk")


class Article(models.Model):
    """One question with its answer. Its versions hold the text, each in one language."""

    PERSONAL = ("owner", "approver")
    IMPERSONAL = (
        "id", "slug", "unit", "service", "purposes", "audience", "elsewhere", "review_on", "reminded_on", "created_at",
        "withdrawn_at", "withdrawn_because",
    )  # fmt: skip

    slug = models.SlugField(max_length=120, unique=True, help_text="its address on the site; never changes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="articles", help_text="whose subject it is")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles")
    approver = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="articles")
    purposes = models.ManyToManyField(Purpose, blank=True, related_name="articles")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.EVERYONE)
    elsewhere = models.BooleanField(
        default=False, help_text="others answer the question; the article says who, and so does the search"
    )
    review_on = models.DateField(help_text="the day it is to be read through again")
    reminded_on = models.DateField(null=True, blank=True, help_text="when the owner was last reminded of the review")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        """The Danish title, for the audit trail; a slug is not a name."""
        titles = self.versions.filter(language=Language.DANISH).exclude(title="").order_by("-number")
        return titles.values_list("title", flat=True).first() or self.slug


class VersionQuerySet(models.QuerySet["ArticleVersion"]):
    def in_force(self, at: datetime) -> Self:
        """The version in force of each article and language at `at`."""
        moment, number = models.OuterRef("published_from"), models.OuterRef("number")
        later = ArticleVersion.objects.filter(
            Q(published_from__gt=moment) | Q(published_from=moment, number__gt=number),
            article=models.OuterRef("article"),
            language=models.OuterRef("language"),
            state=ArticleVersion.State.PUBLISHED,
            published_from__lte=at,
        )
        return self.filter(
            ~models.Exists(later),
            Q(article__withdrawn_at__isnull=True) | Q(article__withdrawn_at__gt=at),
            state=ArticleVersion.State.PUBLISHED,
            published_from__lte=at,
        )


class ArticleVersion(models.Model):
    """One version of an article in one language. A published version never changes."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Foreslået")
        DRAFT = "draft", _("Kladde")
        IN_REVIEW = "in_review", _("Til godkendelse")
        PUBLISHED = "published", _("Udgivet")
        REJECTED = "rejected", _("Afvist")

    PERSONAL = ("created_by", "decided_by")
    IMPERSONAL = (
        "id", "article", "language", "number", "state", "title", "short", "body", "words", "links", "reason",
        "created_at", "changed_at", "revision", "published_from", "decided_at", "decision_note",
    )  # fmt: skip

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.DANISH)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=200)
    short = models.TextField(help_text="the short answer, Markdown without headings")
    body = models.TextField(blank=True, default="", help_text="the full answer, Markdown")
    words = ArrayField(models.CharField(max_length=100), default=list, blank=True, help_text="words people use for it")
    links = models.JSONField(
        default=list, blank=True, help_text='[{"title", "url", "kind": self_service|law|page, "owner": national|…}]'
    )
    reason = models.CharField(max_length=300, blank=True, default="", help_text="why it was changed")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0, help_text="counts saves, so that two editors notice each other")
    published_from = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=500, blank=True, default="")

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["article", "language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "language", "number"], name="knowledge_version_number"),
            models.UniqueConstraint(
                fields=["article", "language"],
                condition=Q(state__in=["draft", "in_review"]),
                name="knowledge_version_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_from__isnull=False), name="knowledge_version_dated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language} {self.number})"


class Attachment(models.Model):
    """A file that belongs to an article. The database stores the bytes, so that one backup covers everything."""

    PERSONAL = ("content", "added_by")
    IMPERSONAL = ("id", "article", "name", "kind", "size", "digest", "description", "added_at")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=100, help_text="media type, found from the content")
    size = models.PositiveIntegerField(help_text="bytes")
    digest = models.CharField(max_length=64, help_text="SHA-256, in hexadecimal")
    description = models.CharField(max_length=300, blank=True, default="", help_text="read out where it cannot be seen")
    content = models.BinaryField()
    added_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["article", "name"], name="knowledge_attachment_name")]

    def __str__(self) -> str:
        return self.name


class Policy(Dated):
    """The administrator's settings for knowledge, valid from a day."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "small_edit_characters", "review_months")

    small_edit_characters = models.PositiveIntegerField(
        default=60, help_text="a change of at most so many characters goes out without the central approval"
    )
    review_months = models.PositiveSmallIntegerField(default=12, help_text="months until an article is read again")

    class Meta(Dated.Meta):
        ordering = ["-valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("knowledge_policy_one")]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.small_edit_characters}"


class Task(models.Model):
    """A task for the owner of a subject: an answer that is missing, wrong or unclear, or a proposal."""

    class Kind(models.TextChoices):
        MISSING = "missing", _("Svaret mangler")
        WRONG = "wrong", _("Svaret er forkert")
        UNCLEAR = "unclear", _("Svaret er uklart")
        PROPOSAL = "proposal", _("Forslag til ændring")

    PERSONAL = ("question", "raised_by", "owner", "done_by")
    IMPERSONAL = ("id", "kind", "article", "version", "service", "unit", "enquiry", "raised_at", "done_at", "outcome")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    question = models.TextField(blank=True, default="", help_text="what the caller asked; CPR numbers are masked")
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    version = models.ForeignKey(ArticleVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    enquiry = models.UUIDField(null=True, blank=True, help_text="the call it came up in")
    raised_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    raised_at = models.DateTimeField()
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="knowledge_tasks")
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-raised_at"]
        indexes = [
            models.Index(fields=["owner", "done_at"]),
            models.Index(fields=["enquiry"], condition=Q(enquiry__isnull=False), name="knowledge_task_enquiry"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.raised_at:%Y-%m-%d}"


class Guide(models.Model):
    """A decision tree or checklist that leads to an answer."""

    PERSONAL = ("owner",)
    IMPERSONAL = ("id", "slug", "unit", "service", "audience", "withdrawn_at", "revisions")

    slug = models.SlugField(max_length=120, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="guides")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="guides")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="guides")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.EVERYONE)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    revisions = models.PositiveIntegerField(default=0, help_text="the last one that a draft of it has had")

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        """The Danish title, for the audit trail; a slug is not a name."""
        titles = self.versions.filter(language=Language.DANISH).exclude(title="").order_by("-number")
        return titles.values_list("title", flat=True).first() or self.slug


class GuideVersion(models.Model):
    """One version of a guide in one language. A draft may change; a published one never does."""

    PERSONAL = ("created_by", "published_by", "submitted_by")
    IMPERSONAL = (
        "id", "guide", "language", "number", "title", "definition", "created_at", "changed_at", "revision",
        "submitted_at", "returned_note", "published_at",
    )  # fmt: skip

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.DANISH)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    definition = models.JSONField(help_text="see knowledge.guides.parse")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)
    submitted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True, help_text="since when the draft waits for approval")
    returned_note = models.CharField(max_length=1000, blank=True, default="", help_text="why it was sent back")
    published_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["guide", "language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "language", "number"], name="knowledge_guideversion_number"),
            models.UniqueConstraint(
                fields=["guide", "language"],
                condition=Q(published_at__isnull=True),
                name="knowledge_guideversion_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language} {self.number})"


class News(models.Model):
    """News about a subject, shown on the site for a period and sent to subscribers."""

    PERSONAL = ("written_by",)
    IMPERSONAL = ("id", "title", "text", "title_en", "text_en", "service", "shown_from", "shown_until", "sent_at")

    title = models.CharField(max_length=200)
    text = models.TextField(help_text="Markdown")
    title_en = models.CharField(max_length=200, blank=True, default="")
    text_en = models.TextField(blank=True, default="")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True, help_text="when the newsletter took it along")
    written_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-shown_from"]
        verbose_name_plural = "news"
        constraints = [
            models.CheckConstraint(condition=Q(shown_until__gt=F("shown_from")), name="knowledge_news_period")
        ]

    def __str__(self) -> str:
        return self.title


class Subscription(models.Model):
    """A subscription to news of some subjects by mail. Nothing is sent before the address is confirmed."""

    PERSONAL = ("email", "token")
    IMPERSONAL = ("id", "language", "services", "everything", "asked_at", "asks", "confirmed_at")

    email = models.EmailField(unique=True)
    token = models.CharField(max_length=64, unique=True, help_text="in every link that confirms, changes or ends it")
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.DANISH)
    services = models.ManyToManyField(Service, blank=True, related_name="+")
    everything = models.BooleanField(default=False)
    asked_at = models.DateTimeField(help_text="when a mail about the subscription itself was last sent")
    asks = models.PositiveSmallIntegerField(default=0, help_text="how many of those; the pauses between them grow")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class Helpfulness(models.Model):
    """How many readers of a version said on a day that it helped, or did not. No reader is identified."""

    PERSONAL = ()
    IMPERSONAL = ("id", "version", "day", "yes", "no")

    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="helpfulness")
    day = models.DateField()
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "day"], name="knowledge_helpfulness_day")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.day}: {self.yes}/{self.no}"


class SynonymGroup(models.Model):
    """Words with the same meaning for search; staff maintain the groups."""

    PERSONAL = ("changed_by",)
    IMPERSONAL = ("id", "words", "changed_at", "unit")

    words = ArrayField(models.CharField(max_length=100))
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="whose it is to change; empty: the whole municipality's",
    )  # fmt: skip
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return ", ".join(self.words)


class SearchDocument(models.Model):
    """One document that search can find. `shown_from` and `shown_until` let a later version wait for its day."""

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Artikel")
        GUIDE = "guide", _("Vejviser")
        SERVICE = "service", _("Ydelse")
        UNIT = "unit", _("Enhed")
        PERSON = "person", _("Person")
        ANSWER = "answer", _("Tidligere svar")

    PERSONAL = ("title", "text")
    IMPERSONAL = (
        "id", "kind", "key", "language", "audience", "unit_path", "service", "elsewhere", "lexemes", "shown_from",
        "shown_until", "updated_at", "popularity", "format",
    )  # fmt: skip

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=120, help_text="slug of the article, code of the service, …")
    language = models.CharField(max_length=5, default="da")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.STAFF)
    unit_path = models.CharField(max_length=500, blank=True, default="", help_text="of the unit, for audience unit")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    elsewhere = models.BooleanField(default=False, help_text="it says who answers instead of us")
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True, default="", help_text="what a hit shows")
    lexemes = SearchVectorField(help_text="made by knowledge.search.analysis, not by PostgreSQL")
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(help_text="when what it says last changed, for ranking by recency")
    popularity = models.FloatField(default=0.0, help_text="how much staff used it, fading with time")
    format = models.SmallIntegerField(default=0, help_text="knowledge.search.weighing.FORMAT when it was written")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "key"]),
            GinIndex(fields=["lexemes"], name="knowledge_document_lexemes"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "language", "shown_from"], name="knowledge_document_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SearchWord(models.Model):
    """The vocabulary for spelling correction, separated by language and by who may read the texts."""

    PERSONAL = ("word", "written", "grams")
    IMPERSONAL = ("pk", "shelf", "unit_path", "documents")

    pk = models.CompositePrimaryKey("word", "shelf", "unit_path")
    word = models.CharField(max_length=100, db_collation="C", help_text="folded, as search.spelling.fold")
    shelf = models.CharField(max_length=12, db_collation="C", help_text="language, audience and group, as index.shelf")
    unit_path = models.CharField(max_length=500, default="", help_text="of the unit whose people alone may read it")
    written = models.CharField(max_length=100, help_text="as it stands in a text, in small letters")
    documents = models.PositiveIntegerField(default=0)
    grams = ArrayField(models.CharField(max_length=3), help_text="its trigrams")

    class Meta:
        indexes = [GinIndex(fields=["grams"], name="knowledge_word_grams")]

    def __str__(self) -> str:
        return self.written


class SearchPosting(models.Model):
    """One lexeme of a document, with a weight that says how important it is there; read in descending order of
    weight."""

    PERSONAL = ("lexeme",)
    IMPERSONAL = ("pk", "document", "shelf", "weight")

    pk = models.CompositePrimaryKey("document_id", "lexeme")
    document = models.ForeignKey(
        SearchDocument, on_delete=models.CASCADE, related_name="postings", db_constraint=False, db_index=False
    )
    lexeme = models.CharField(max_length=80, db_collation="C")
    shelf = models.CharField(max_length=12, db_collation="C", help_text="language, audience and group, as index.shelf")
    weight = models.PositiveSmallIntegerField(help_text="thousandths")

    class Meta:
        indexes = [
            models.Index(
                "lexeme", "shelf", F("weight").desc(), include=["document"], name="knowledge_posting_by_weight"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lexeme} {self.weight}"


class SearchTerm(models.Model):
    """The number of documents on a shelf with a lexeme; the lexeme "" counts all of them. Rare lexemes weigh more."""

    PERSONAL = ("lexeme",)
    IMPERSONAL = ("pk", "shelf", "unit_path", "documents")

    pk = models.CompositePrimaryKey("lexeme", "shelf", "unit_path")
    lexeme = models.CharField(max_length=80, db_collation="C")
    shelf = models.CharField(max_length=12, db_collation="C", help_text="language, audience and group, as index.shelf")
    unit_path = models.CharField(max_length=500, default="", help_text="of the unit whose people alone may read it")
    documents = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.lexeme} {self.documents}"


class Search(models.Model):
    """One search: the query, the place and the result, but not the person."""

    class Place(models.TextChoices):
        SITE = "site", _("Hjemmesiden")
        DESK = "desk", _("Pladsen")
        EMBED = "embed", _("Indlejret")
        COMMAND = "command", _("Kommandolinjen")

    PERSONAL = ("asked",)
    IMPERSONAL = ("id", "at", "place", "language", "hits", "weak", "chosen", "service")

    at = models.DateTimeField(help_text="to the minute")
    place = models.CharField(max_length=10, choices=Place.choices)
    language = models.CharField(max_length=5, default="da")
    asked = models.CharField(max_length=200, help_text="numbers that may point at a person are masked")
    hits = models.PositiveIntegerField()
    weak = models.BooleanField(default=False, help_text="what was found hardly answers it")
    chosen = models.CharField(max_length=140, blank=True, default="", help_text="kind:key of what was opened")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["at"])]
        verbose_name_plural = "searches"

    def __str__(self) -> str:
        return self.asked


def is_overdue(article: Article, on: date) -> bool:
    """Whether the review date is reached and the article is still in use."""
    return article.withdrawn_at is None and article.review_on <= on
