"""Forms of the desk of pages and articles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.accounts import spans
from portal.accounts.rules import Range, held
from portal.documents.models import Document
from portal.groups.models import Group
from portal.meetings.models import Meeting
from portal.plan.models import Node, Plan

from . import rules
from .models import Article, ArticleCategory, Page, Picture

TERRITORIES = (Range.REGION, Range.ORP, Range.MUNICIPALITY)
MARKDOWN_HINT = (
    "Nadpis začíná ##, odrážka -, **tučně**, *kurzívou*, [slova](adresa). Tabulka má svislé čáry. "
    "Poznámka pod čarou: [^1] ve větě a [^1]: text na vlastním řádku."
)
ATTACHED = "Veřejné dokumenty. Video se pod textem přehraje, ostatní se nabídnou ke stažení."
# Meetings of the last two years can be chosen, and all that are to come.
MEETINGS_BACK = timedelta(days=730)

# How people write a day and an hour; the first is what a browser sends.
MOMENTS = ["%Y-%m-%dT%H:%M", "%d. %m. %Y %H.%M", "%d. %m. %Y %H:%M"]
WRONG_MOMENT = "Napište den a čas, třeba 31. 12. 2026 8.00."


class TerritoryForm(forms.Form):
    """A form with a territory that lies in a range of the person; the whole site where nothing is written."""

    where = forms.CharField(
        label="Pro které území",
        max_length=120,
        required=False,
        help_text="Obec, „ORP Svornov“ nebo kraj. Prázdné pole znamená celý web.",
    )

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        mine = {(one.kind, one.code) for one in held(person, *rules.EDITORS)}
        if len(mine) == 1 and not self.is_bound and "where" not in self.initial:
            kind, code = next(iter(mine))
            self.initial["where"] = "" if kind == Range.SITE else spans.name(kind, code)

    def clean_where(self) -> tuple[str, str, str]:
        """Kind, code and name of the territory."""
        said: str = self.cleaned_data["where"].strip()
        mine = held(self.person, *rules.EDITORS)
        if not said:
            if any(one.kind == Range.SITE for one in mine):
                return Range.SITE, "", ""
            raise ValidationError("Napište, pro které území to je.")
        found = spans.named(said, TERRITORIES)
        inside = spans.lying_in(mine, found)
        if not inside:
            raise ValidationError("Takové území ve svém dosahu nemáte. Napište obec, „ORP Svornov“ nebo kraj.")
        if len(inside) > 1:
            choices = "; ".join(sorted(f"{found[pair]} ({pair[1]})" for pair in inside))
            raise ValidationError(f"Tomu odpovídá víc území: {choices}. Napište jedno z nich, třeba jeho kódem.")
        pair = next(iter(inside))
        return *pair, found[pair]

    def wanted(self) -> dict[str, Any]:
        """What the actions take: the cleaned values with the territory in three columns."""
        said = dict(self.cleaned_data)
        kind, code, name = said.pop("where")
        return said | {"span_kind": kind, "span_code": code, "span_name": name}


class _Meetings(forms.ModelMultipleChoiceField[Any]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{timezone.localtime(obj.starts_at):%-d. %-m. %Y} {obj}"


class _Measures(forms.ModelMultipleChoiceField[Any]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.title} ({obj.plan.title})"


def _many(label: str, field: type[forms.ModelMultipleChoiceField[Any]], hint: str = "") -> Any:
    return field(
        label=label, queryset=None, required=False, help_text=hint, widget=forms.SelectMultiple(attrs={"size": 6})
    )


class ArticleForm(TerritoryForm):
    title = forms.CharField(label="Titulek", max_length=200, error_messages={"required": "Článek musí mít titulek."})
    category = forms.ModelChoiceField(
        label="Druh", queryset=ArticleCategory.objects.all(), empty_label=None,
        error_messages={"required": "Vyberte, co je to za článek."},
    )  # fmt: skip
    lead = forms.CharField(
        label="O čem to je", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Jedna nebo dvě věty. Stojí i v seznamu a ve zpravodaji.",
    )  # fmt: skip
    text = forms.CharField(
        label="Text", required=False, help_text=MARKDOWN_HINT, widget=forms.Textarea(attrs={"rows": 18})
    )
    author = forms.CharField(
        label="Kdo píše", max_length=200, required=False, help_text="Organizace, třeba město nebo poskytovatel."
    )
    groups = _many("Skupiny", forms.ModelMultipleChoiceField, "Článek bude i na stránce skupiny.")
    meetings = _many("Jednání", _Meetings)
    measures = _many("Opatření plánu", _Measures)
    documents = _many("Přílohy a videa", forms.ModelMultipleChoiceField, ATTACHED)

    field_order = (
        "title", "category", "lead", "text", "author", "where", "groups", "meetings", "measures", "documents",
    )  # fmt: skip

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(person, *args, **kwargs)
        since = timezone.now() - MEETINGS_BACK
        rows = {
            "groups": Group.objects.public(),
            "meetings": Meeting.objects.public()
            .filter(starts_at__gte=since)
            .select_related("group")
            .order_by("-starts_at"),
            "measures": Node.objects.filter(plan__in=Plan.objects.public(), removed_at=None)
            .measures()
            .select_related("plan")
            .order_by("plan", "code"),
            "documents": Document.objects.public(),
        }
        for name, queryset in rows.items():
            cast(forms.ModelMultipleChoiceField[Any], self.fields[name]).queryset = queryset

    @staticmethod
    def of(article: Article) -> dict[str, Any]:
        return {
            "title": article.title,
            "category": article.category_id,
            "lead": article.lead,
            "text": article.text,
            "author": article.author,
            "where": article.span_name,
            **{name: list(getattr(article, name).all()) for name in ("groups", "meetings", "measures", "documents")},
        }


class PublishForm(forms.Form):
    """When: now, or at a moment that is to come."""

    at = forms.DateTimeField(
        label="Zveřejnit až",
        required=False,
        help_text="Do té doby článek nikdo z veřejnosti neuvidí. Prázdné pole znamená hned.",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=MOMENTS,
        error_messages={"invalid": WRONG_MOMENT},
    )


class PictureForm(forms.Form):
    image = forms.FileField(
        label="Obrázek", help_text="JPEG, PNG nebo WebP.", error_messages={"required": "Vyberte obrázek."}
    )
    alt = forms.CharField(
        label="Co je na něm vidět",
        max_length=250,
        help_text="Jedna věta pro lidi, kteří obrázek nevidí.",
        error_messages={"required": "Napište, co je na obrázku vidět."},
    )
    use = forms.ChoiceField(label="Kde bude", choices=Picture.Use.choices, initial=Picture.Use.HEAD)
    caption = forms.CharField(label="Slova pod obrázkem", max_length=200, required=False)

    def __init__(self, *args: Any, of_page: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of_page:
            uses = (Picture.Use.TEXT, Picture.Use.GALLERY)
            cast(forms.ChoiceField, self.fields["use"]).choices = [(one, one.label) for one in uses]
            self.fields["use"].initial = Picture.Use.TEXT


class PageForm(TerritoryForm):
    title = forms.CharField(label="Název", max_length=200, error_messages={"required": "Stránka musí mít název."})
    parent = forms.ModelChoiceField(
        label="Patří pod", queryset=Page.objects.none(), required=False, empty_label="pod žádnou"
    )
    order = forms.IntegerField(label="Pořadí mezi stránkami", min_value=0, max_value=999, initial=50)
    shown = forms.BooleanField(label="Je vidět na webu", required=False)
    shown_from = forms.DateTimeField(
        label="Na webu až od",
        required=False,
        help_text="Do té doby stránku nikdo z veřejnosti neuvidí. Prázdné pole znamená hned.",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=MOMENTS,
        error_messages={"invalid": WRONG_MOMENT},
    )
    text = forms.CharField(
        label="Text", required=False, help_text=MARKDOWN_HINT, widget=forms.Textarea(attrs={"rows": 18})
    )
    easy_read = forms.CharField(
        label="Snadné čtení",
        required=False,
        help_text="Jedna myšlenka na řádek, krátké věty, žádné zkratky.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    documents = _many("Přílohy a videa", forms.ModelMultipleChoiceField, ATTACHED)

    field_order = ("title", "text", "easy_read", "documents", "parent", "order", "where", "shown", "shown_from")

    def __init__(self, person: Any, *args: Any, page: Page | None = None, **kwargs: Any) -> None:
        super().__init__(person, *args, **kwargs)
        tops = Page.objects.standing().filter(parent=None)
        tops = tops.exclude(pk=page.pk) if page else tops
        cast(forms.ModelChoiceField[Page], self.fields["parent"]).queryset = tops
        attached = cast(forms.ModelMultipleChoiceField[Document], self.fields["documents"])
        attached.queryset = Document.objects.public()

    @staticmethod
    def of(page: Page) -> dict[str, Any]:
        return {
            "title": page.title,
            "text": page.text,
            "easy_read": page.easy_read,
            "documents": list(page.documents.all()),
            "parent": page.parent_id,
            "order": page.order,
            "shown": page.shown,
            "shown_from": page.shown_from,
            "where": page.span_name,
        }
