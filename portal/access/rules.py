"""Who may do what with studies: everybody reads them, a few keep what they are compared with."""

from typing import Any

from portal.accounts.rules import Role, has_role


def may_edit_references(person: Any) -> bool:
    return has_role(person, Role.COORDINATOR, Role.REGION)


def may_read_references(person: Any) -> bool:
    """See the pages of reference values; an auditor reads and changes nothing."""
    return has_role(person, Role.COORDINATOR, Role.REGION, Role.AUDITOR)


# --- scenarios, unit costs, proposals ----------------------------------------------------------------------------


def may_read_scenarios(person: Any) -> bool:
    """See scenarios, unit costs and proposals of places; an auditor reads and changes nothing."""
    return has_role(person, Role.COORDINATOR, Role.REGION, Role.AUDITOR)


def may_edit_scenarios(person: Any) -> bool:
    return has_role(person, Role.COORDINATOR, Role.REGION)


def may_comment_scenarios(person: Any) -> bool:
    """Say a word to a scenario: planners in the workshop, members of groups and others who plan with them by the link
    they got."""
    return may_edit_scenarios(person) or has_role(
        person, Role.MEMBER, Role.MUNICIPALITY, Role.PROVIDER_EDITOR, Role.PROVIDER_HEAD
    )
