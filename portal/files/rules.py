"""Who may read a file."""

from typing import Any

from .models import StoredFile


def may_read(person: Any, file: StoredFile) -> bool:
    """Everybody a public one, its uploader one that waits. Whoever keeps the file may let in more people at an
    address of its own, which asks its own rule (`catalogue:kept_file`)."""
    return file.public or is_uploader(person, file)


def is_uploader(person: Any, file: StoredFile) -> bool:
    return person is not None and person.pk is not None and person.is_active and person.pk == file.uploaded_by_id
