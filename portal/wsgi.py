import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

# Loaded before the server forks, so that workers share its memory: every address with what stands behind it, and
# what studies of availability need page by page.
import scipy.spatial  # noqa: E402, F401

import portal.urls  # noqa: E402, F401

# Only a web process serves while its search index is renewed; commands and tests wait for theirs.
from portal.finding import index  # noqa: E402 - the apps must be ready first

index.renew_in_background()
