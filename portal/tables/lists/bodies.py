"""Bodies of planning: who sits in them and for whom."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from portal.groups import rules
from portal.groups.models import Membership

from .plain import Part, PlainTable


class Members(PlainTable):
    """Current members. Contacts are for those who keep the group, as on its page."""

    slug = "clenove-skupin"
    title = "Členové skupin"
    noun = "členství,členství,členství"
    home = "groups:groups"
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

    def may_read(self) -> bool:
        return rules.may_see_applications(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Membership]:
        kept = rules.groups_with_applications(self.person)
        found = Membership.objects.current().filter(group__in=kept).select_related("group", "substitutes")
        return found.order_by("group__order", "group__name", "name")


BODIES = (Members,)
