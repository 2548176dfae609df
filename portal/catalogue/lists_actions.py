"""Every write of code lists that a person makes. What a person changed, a later loading leaves alone."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.models import Deed

from .actions import touch
from .models import CodeListItem
from .rules import may_edit_lists

EDITED = "edited"


class StaleItem(Exception):
    """Somebody else saved the item meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: CodeListItem) -> None:
        super().__init__("Položku mezitím uložil někdo jiný.")
        self.stored = stored


def fingerprint(item: CodeListItem) -> str:
    """What tells apart two states of an item."""
    said = [(field.name, str(field.value_from_object(item))) for field in item._meta.concrete_fields]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


@transaction.atomic
def add_item(*, person: Any, model: type[CodeListItem], values: dict[str, Any]) -> CodeListItem:
    if not may_edit_lists(person):
        raise PermissionDenied
    item = model(**values, edited_at=timezone.now(), code_certainty=EDITED if values.get("code") else "")
    item.full_clean()
    item.save()
    record(verb="list_item_added", thing=item, actor=person, after=values)
    touch()
    return item


@transaction.atomic
def change_item(
    *,
    person: Any,
    item: CodeListItem,
    values: dict[str, Any],
    seen: str | None = None,
    restores: Deed | None = None,
) -> bool:
    """Change an item; False when nothing differs. The key stays for ever. `seen` is the fingerprint of the item that
    the person began from."""
    if not may_edit_lists(person):
        raise PermissionDenied
    item = type(item)._default_manager.select_for_update().get(pk=item.pk)
    if seen is not None and seen != fingerprint(item):
        raise StaleItem(item)
    before = {name: getattr(item, name) for name, value in values.items() if getattr(item, name) != value}
    if not before:
        return False
    after = {name: values[name] for name in before}
    for name, value in after.items():
        setattr(item, name, value)
    if "code" in after:
        item.code_certainty = EDITED if after["code"] else ""
    item.edited_at = timezone.now()
    item.full_clean()
    item.save()
    record(verb="list_item_changed", thing=item, actor=person, before=before, after=after, restores=restores)
    touch()
    return True
