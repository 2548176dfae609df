import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

# Only a web process serves while its search index is renewed; commands and tests wait for theirs.
from portal.finding import index  # noqa: E402 - the apps must be ready first
from portal.home import text_index  # noqa: E402

index.renew_in_background()
text_index.renew_in_background()

# Done before the server forks, so that workers share the memory: what the first visitor of each page would make.
from django.conf import settings  # noqa: E402

from portal import rehearsal  # noqa: E402

if not settings.DEBUG:
    rehearsal.play(application)
    rehearsal.settle()
