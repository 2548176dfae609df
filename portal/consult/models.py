"""Consultations: a text on view, comments on it, their settlement.

Laws that the tables hold: a comment has its number for good; a decision never stands without a reason; a consultation
is closed with a day; what belongs to a consultation is written only under its row's lock (`actions.held`), so that a
comment is either received before the deadline or becomes a suggestion, and is settled once.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.chapters.models import Chapter
from portal.documents.models import DocumentVersion
from portal.editions.models import Edition
from portal.files.models import StoredFile, new_key
from portal.fulfilment.models import ActionPlan
from portal.groups.models import Group, Side
from portal.meetings.models import AgendaItem, Meeting
from portal.plan.models import Node, Plan
from portal.sitting.models import Motion
from portal.suggestions.models import Origin


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def public(self) -> ConsultationQuerySet:
        """Announced ones, whatever became of them; a cancelled one says why."""
        return self.exclude(state=Consultation.State.PREPARED)

    def open_at(self, now: datetime) -> ConsultationQuerySet:
        """Those that take comments at the moment."""
        return self.filter(state=Consultation.State.ANNOUNCED, opens_at__lte=now, closes_at__gt=now)


class Consultation(models.Model):
    class State(models.TextChoices):
        PREPARED = "prepared", "v přípravě"
        ANNOUNCED = "announced", "vyhlášené"
        CLOSED = "closed", "uzavřené"
        CANCELLED = "cancelled", "zrušené"

    MOVES = {
        State.PREPARED: {State.ANNOUNCED, State.CANCELLED},
        State.ANNOUNCED: {State.CLOSED, State.CANCELLED},
        State.CLOSED: set[State](),
        State.CANCELLED: set[State](),
    }

    class Phase(models.TextChoices):
        """Where an announced consultation stands, by the clock."""

        PREPARED = "prepared", "v přípravě"
        ANNOUNCED = "announced", "vyhlášené"
        OPEN = "open", "sbírá připomínky"
        AFTER_HEARING = "after_hearing", "po veřejném projednání"
        SETTLING = "settling", "vypořádává se"
        CLOSED = "closed", "uzavřené"
        CANCELLED = "cancelled", "zrušené"

    class Who(models.TextChoices):
        EVERYONE = "everyone", "kdokoli"
        INVOLVED = "involved", "jen přihlášení lidé ze skupin, obcí a od poskytovatelů"

    class Showing(models.TextChoices):
        AT_ONCE = "at_once", "hned"
        CHECKED = "checked", "až je koordinátor přečte"

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField("název", max_length=200)
    about = models.TextField("o co jde", blank=True)
    span_kind = models.CharField("druh území", max_length=20, choices=Grant.Range.choices)
    span_code = models.CharField("kód území", max_length=20, blank=True)
    span_name = models.CharField("území", max_length=100, blank=True)

    # What is on view: one of these. A plan is remembered beside its edition, chapter or action plan.
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations")
    chapter = models.ForeignKey(Chapter, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    action_plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    document = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Or the services of the consultation's territory, by a choice that network.py reads; null where it is none.
    network = models.JSONField("síť služeb", null=True, blank=True)
    # Or a file that was handed in just for this (DOCX, PDF).
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    opens_at = models.DateTimeField("připomínky od", null=True, blank=True)
    closes_at = models.DateTimeField("připomínky do", null=True, blank=True)
    hearing = models.ForeignKey(
        Meeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="veřejné projednání"
    )
    # Why the terms are shorter than the method asks; empty where they are not.
    short_reason = models.CharField("proč je lhůta kratší", max_length=300, blank=True)
    # Where the printed text lies and where to bring comments on paper.
    printed_at = models.CharField("kde je vytištěné znění", max_length=300, blank=True)

    # Rules of this consultation.
    who = models.CharField("kdo smí na webu připomínkovat", max_length=8, choices=Who.choices, default=Who.EVERYONE)
    showing = models.CharField("připomínky se ukazují", max_length=8, choices=Showing.choices, default=Showing.CHECKED)
    email_needed = models.BooleanField("e-mail je povinný", default=False)
    name_needed = models.BooleanField("jméno nebo organizace je povinná", default=False)
    reason_needed = models.BooleanField("zdůvodnění je povinné", default=True)
    # The body that decides about substantial comments.
    decides = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="o věcných rozhoduje"
    )

    state = models.CharField("stav", max_length=9, choices=State.choices, default=State.PREPARED)
    announced_at = models.DateTimeField("vyhlášeno", null=True, blank=True)
    closed_at = models.DateTimeField("uzavřeno", null=True, blank=True)
    cancelled_reason = models.CharField("proč je zrušené", max_length=300, blank=True)
    # The number that the next comment gets.
    next_number = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-closes_at", "-id"]
        verbose_name = "připomínkové řízení"
        verbose_name_plural = "připomínková řízení"
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="consultation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("prepared", "cancelled"))
                | Q(opens_at__isnull=False, closes_at__isnull=False, announced_at__isnull=False),
                name="announced_consultation_has_terms",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="closed_consultation_has_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def phase_at(self, now: datetime) -> Phase:
        """Where it stands at the moment `now`."""
        if self.state != self.State.ANNOUNCED:
            return self.Phase(self.state)
        if self.opens_at is None or now < self.opens_at:
            return self.Phase.ANNOUNCED
        if self.closes_at is not None and now >= self.closes_at:
            return self.Phase.SETTLING
        if self.standing_hearing is not None and now >= self.standing_hearing.ends_at:
            return self.Phase.AFTER_HEARING
        return self.Phase.OPEN

    @property
    def standing_hearing(self) -> Meeting | None:
        """The hearing, unless it was cancelled."""
        if self.hearing is None or self.hearing.state == Meeting.State.CANCELLED:
            return None
        return self.hearing

    @property
    def phase(self) -> Phase:
        return self.phase_at(timezone.now())

    @property
    def is_open(self) -> bool:
        return self.phase in (self.Phase.OPEN, self.Phase.AFTER_HEARING)


class Paragraph(models.Model):
    """A piece of the text on view that can be commented on, as it was when the consultation was announced. It never
    changes; what an accepted comment did to it stands in `now`."""

    class Sort(models.TextChoices):
        HEADING = "heading", "nadpis"
        TEXT = "text", "odstavec"
        BULLETS = "bullets", "odrážky"
        TABLE = "table", "tabulka"

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="paragraphs")
    order = models.PositiveIntegerField("pořadí")
    sort = models.CharField("druh", max_length=8, choices=Sort.choices)
    # Of headings: 1 is the highest. Zero for the rest.
    level = models.PositiveSmallIntegerField(default=0)
    # "12" counted through the text, or the code of a measure ("1.2.3"); what people name in a comment on paper.
    label = models.CharField("číslo", max_length=30)
    # Plain text; of bullets one a line, of a table one row a line with tabs.
    text = models.TextField("text")
    # Of a table: {"head": [...], "rows": [[...]]}; else null.
    cells = models.JSONField(null=True, blank=True)
    # The measure that the paragraph tells of.
    node = models.ForeignKey(Node, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The text after accepted comments; null while nothing changed it, "" where the paragraph was left out.
    now = models.TextField("znění po vypořádání", null=True, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = "odstavec"
        verbose_name_plural = "odstavce"
        constraints = [models.UniqueConstraint(fields=["consultation", "order"], name="paragraph_order_once")]

    def __str__(self) -> str:
        return f"{self.label}: {self.text[:60]}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def public(self) -> CommentQuerySet:
        return self.filter(state=Comment.State.SHOWN)

    def counted(self) -> CommentQuerySet:
        """Those that must be settled: all but what the moderation refused with a reason."""
        return self.exclude(state=Comment.State.REFUSED)

    def unsettled(self) -> CommentQuerySet:
        return self.counted().filter(decision="")


class Comment(models.Model):
    class Kind(models.TextChoices):
        SUBSTANTIAL = "substantial", "věcná"
        FORMAL = "formal", "formální"

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "čeká na potvrzení e-mailu"
        WAITING = "waiting", "čeká na přečtení"
        SHOWN = "shown", "zveřejněná"
        REFUSED = "refused", "vyřazená"

    class As(models.TextChoices):
        """What the public sees of who wrote it."""

        NOBODY = "nobody", "nic"
        NAME = "name", "jméno"
        ORGANISATION = "organisation", "organizace"
        BOTH = "both", "jméno i organizace"

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", "akceptováno"
        PARTLY = "partly", "akceptováno částečně"
        NOT_ACCEPTED = "not_accepted", "neakceptováno"
        EXPLAINED = "explained", "vysvětleno"
        NOTED = "noted", "vzato na vědomí"
        MOVED = "moved", "přesunuto do dalšího období"

    # Decisions that may change the text on view.
    CHANGING = (Decision.ACCEPTED, Decision.PARTLY)

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="comments")
    # Counted in the consultation from 1; with the slug the address of the comment. Never used again.
    number = models.PositiveIntegerField("číslo")
    # Of the author's own page; whoever has it may read what became of the comment.
    key = models.CharField(max_length=30, unique=True, default=new_key, editable=False)
    # Nothing: the text as a whole.
    paragraph = models.ForeignKey(
        Paragraph, on_delete=models.PROTECT, null=True, blank=True, related_name="comments", verbose_name="odstavec"
    )
    # On paper people name a place by words.
    place = models.CharField("kapitola, strana, opatření", max_length=200, blank=True)
    original = models.TextField("původní znění", max_length=4000, blank=True)
    proposed = models.TextField("navrhované znění", max_length=4000, blank=True)
    reason = models.TextField("zdůvodnění", max_length=4000, blank=True)
    kind = models.CharField("druh", max_length=11, choices=Kind.choices, default=Kind.SUBSTANTIAL)
    side = models.CharField("za koho", max_length=12, choices=Side.choices, default=Side.PUBLIC)
    name = models.CharField("jméno", max_length=150, blank=True)
    organisation = models.CharField("organizace", max_length=200, blank=True)
    shown_as = models.CharField("na webu ukázat", max_length=12, choices=As.choices, default=As.NOBODY)
    email = models.EmailField("e-mail", blank=True)
    email_confirmed_at = models.DateTimeField("e-mail potvrzený", null=True, blank=True)
    origin = models.CharField("jak přišla", max_length=8, choices=Origin.choices, default=Origin.WEB)
    received_at = models.DateTimeField("přišla")
    # Who typed in what came on paper; the desk only.
    entered_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    state = models.CharField("stav", max_length=11, choices=State.choices, default=State.WAITING)
    refused_reason = models.CharField("proč je vyřazená", max_length=300, blank=True)
    # The same as another one: is settled with it.
    same_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="same", verbose_name="stejná jako"
    )

    # Work on the settlement.
    group = models.ForeignKey(Group, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    assignee = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField("termín", null=True, blank=True)
    # When those whom it was given to were reminded of the term, and told that it was over; of this assignment.
    reminded_on = models.DateField(null=True, blank=True)
    late_told_on = models.DateField(null=True, blank=True)
    proposed_decision = models.CharField("návrh vypořádání", max_length=12, choices=Decision.choices, blank=True)
    proposed_reason = models.TextField("odůvodnění návrhu", max_length=4000, blank=True)

    decision = models.CharField("vypořádání", max_length=12, choices=Decision.choices, blank=True)
    decision_reason = models.TextField("odůvodnění", max_length=4000, blank=True)
    decided_at = models.DateTimeField("vypořádáno", null=True, blank=True)
    # In words that may be public: "koordinátorka", the name of the body.
    decided_by = models.CharField("kdo rozhodl", max_length=200, blank=True)
    item = models.ForeignKey(
        AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="bod jednání"
    )
    motion = models.ForeignKey(
        Motion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="hlasování"
    )
    # When the author was told what became of it.
    told_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["consultation", "number"]
        verbose_name = "připomínka"
        verbose_name_plural = "připomínky"
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="comment_number_once"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None)
                | (~Q(decision="") & ~Q(decision_reason="") & Q(decided_at__isnull=False)),
                name="comment_settled_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refused_reason=""), name="refused_comment_says_why"
            ),
            models.CheckConstraint(condition=~Q(same_as=F("id")), name="comment_is_not_its_own_twin"),
        ]
        indexes = [
            models.Index(fields=["consultation", "state", "decision"], name="comment_by_state"),
            models.Index(fields=["paragraph", "state"], name="comment_of_paragraph"),
        ]

    def __str__(self) -> str:
        return f"Připomínka č. {self.number}"

    @property
    def author(self) -> str:
        """As the public may read it: what the author chose, nothing more."""
        said = {
            self.As.NAME: [self.name],
            self.As.ORGANISATION: [self.organisation],
            self.As.BOTH: [self.name, self.organisation],
        }
        return ", ".join(one for one in said.get(self.As(self.shown_as), []) if one)

    @property
    def is_settled(self) -> bool:
        return bool(self.decision)


class CommentFile(models.Model):
    """An attachment. The public sees it only after the desk has looked at it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = "příloha připomínky"
        verbose_name_plural = "přílohy připomínky"

    def __str__(self) -> str:
        return self.file.name


class Support(models.Model):
    """Somebody stands behind another's comment. `visitor` is a keyed hash that leads to nobody; one a visitor."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="supports")
    visitor = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "podpora připomínky"
        verbose_name_plural = "podpory připomínek"
        constraints = [models.UniqueConstraint(fields=["comment", "visitor"], name="supported_once")]

    def __str__(self) -> str:
        return f"{self.comment_id}"


class CommentNote(models.Model):
    """What those who settle say among themselves. Never public."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="notes")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField("kdo", max_length=150)
    text = models.TextField("poznámka", max_length=2000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = "poznámka k vypořádání"
        verbose_name_plural = "poznámky k vypořádání"

    def __str__(self) -> str:
        return f"{self.name}, {timezone.localtime(self.at):%-d. %-m. %Y}"
