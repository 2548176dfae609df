"""Bodies of planning: which there are, who sits in them and for whom, who left, who wants to join."""

from __future__ import annotations

from django.db.models import Count, F, QuerySet
from django.http import QueryDict

from portal.groups import reading, rules
from portal.groups.models import Application, Group, GroupQuerySet, Membership

from .plain import Part, PlainTable


class Groups(PlainTable):
    """The list at the desk: groups whose inside the person reads, those that ended too."""

    slug = "skupiny"
    title = "Skupiny"
    noun = "skupina,skupiny,skupin"
    home = "groups:groups"
    parts = (
        Part("název", lambda row: row.name, 44),
        Part("zkratka", lambda row: row.abbreviation, 14),
        Part("druh", lambda row: row.get_sort_display(), 20),
        Part("území", lambda row: row.span_name, 24),
        Part("komu předkládá", lambda row: row.above.name if row.above else "", 34),
        Part("členů", lambda row: row.member_count, 9, number=True),
        Part("od", lambda row: row.since, 12),
        Part("do", lambda row: row.until, 12),
        Part("jednání jsou veřejná", lambda row: row.open_to_public, 12),
        Part("přijímá nové členy", lambda row: row.accepts, 12),
        Part("je na webu", lambda row: row.shown, 12),
        Part("skončila dne", lambda row: row.closed_on, 12),
        Part("kontaktní osoba", lambda row: row.contact_name, 26),
        Part("e-mail pro veřejnost", lambda row: row.contact_email, 28),
        Part("telefon pro veřejnost", lambda row: row.contact_phone, 18),
    )

    def may_read(self) -> bool:
        return rules.may_come_to_groups(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Group]:
        found = rules.readable_groups(self.person).distinct().select_related("above")
        count = Count("memberships", filter=reading.in_group(), distinct=True)
        return found.annotate(member_count=count).order_by("span_name", "order", "name")


class _Sitting(PlainTable):
    """People of groups. Contacts are for those who keep the group, as on its page."""

    noun = "členství,členství,členství"
    home = "groups:groups"

    def may_read(self) -> bool:
        return rules.may_see_applications(self.person)

    def kept(self, asked: QueryDict) -> GroupQuerySet:
        """Groups that the person keeps; of them one, where its page asks (`?skupina=<slug>`)."""
        found = rules.groups_with_applications(self.person)
        return found.filter(slug=asked["skupina"]) if asked.get("skupina") else found


class Members(_Sitting):
    """Current members."""

    slug = "clenove-skupin"
    title = "Členové skupin"
    parts = (
        Part("skupina", lambda row: row.group.name, 40),
        Part("jméno", lambda row: row.name, 30),
        Part("organizace", lambda row: row.organisation, 34),
        Part("strana triády", lambda row: row.get_side_display(), 16),
        Part("role", lambda row: row.get_role_display(), 20),
        Part("hlasuje", lambda row: row.votes, 9),
        Part("zastupuje", lambda row: row.substitutes.name if row.substitutes else None, 30),
        Part("e-mail", lambda row: row.email, 30),
        Part("telefon", lambda row: row.phone, 16),
        Part("jméno smí na web", lambda row: row.name_public, 16),
        Part("od", lambda row: row.joined_on, 12),
    )

    def rows(self, asked: QueryDict) -> QuerySet[Membership]:
        rows = Membership.objects.current().filter(group__in=self.kept(asked))
        return rows.select_related("group", "substitutes").order_by("group__order", "group__name", "name")


class FormerMembers(_Sitting):
    """Those who left; how to reach them is nobody's business any more."""

    slug = "drivejsi-clenove"
    title = "Dřívější členové skupin"
    parts = (
        Part("skupina", lambda row: row.group.name, 40),
        Part("jméno", lambda row: row.name, 30),
        Part("organizace", lambda row: row.organisation, 34),
        Part("strana triády", lambda row: row.get_side_display(), 16),
        Part("role", lambda row: row.get_role_display(), 20),
        Part("od", lambda row: row.joined_on, 12),
        Part("do", lambda row: row.left_on, 12),
        Part("proč skončil(a)", lambda row: row.left_reason, 40),
    )

    def rows(self, asked: QueryDict) -> QuerySet[Membership]:
        rows = Membership.objects.filter(group__in=self.kept(asked), left_on__isnull=False)
        return rows.select_related("group").order_by("group__order", "group__name", "-left_on", "name")


class Applications(_Sitting):
    """Everybody who wanted to join, those who wait first."""

    slug = "prihlasky-do-skupin"
    title = "Přihlášky do skupin"
    noun = "přihláška,přihlášky,přihlášek"
    home = "groups:applications"
    parts = (
        Part("skupina", lambda row: row.group.name, 40),
        Part("jméno", lambda row: row.name, 30),
        Part("organizace", lambda row: row.organisation, 34),
        Part("za koho", lambda row: row.get_side_display(), 16),
        Part("e-mail", lambda row: row.email, 30),
        Part("telefon", lambda row: row.phone, 16),
        Part("proč", lambda row: row.why, 50),
        Part("stav", lambda row: row.get_state_display(), 20),
        Part("kdy přišla", lambda row: row.said_at),
        Part("vyřízená", lambda row: row.settled_at),
        Part("odpověď", lambda row: row.answer, 50),
    )

    def rows(self, asked: QueryDict) -> QuerySet[Application]:
        rows = Application.objects.filter(group__in=self.kept(asked)).select_related("group")
        return rows.order_by(F("settled_at").desc(nulls_first=True), "said_at", "pk")


BODIES = (Groups, Members, FormerMembers, Applications)
