"""The portal as tests run it: work at once instead of in the worker, quick passwords, files in a throw-away folder."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DEBUG", "1")

from portal.settings import *  # noqa: F403

DEBUG = False
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="pospolu-media-"))
STATIC_ROOT = Path(tempfile.mkdtemp(prefix="pospolu-static-"))  # whitenoise warns of a folder that is not there
# Both in one piece of memory, so that `cache.clear()` empties both.
CACHES = {name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"} for name in ("default", "near")}
ALLOWED_HOSTS = ["*"]
