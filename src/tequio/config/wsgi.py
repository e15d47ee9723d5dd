"""Entry point of the web server. It serves nothing unless row-level security binds its sessions."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tequio.config.settings")
application = get_wsgi_application()

from tequio.access import walls  # it names models, which are not there before Django is set up

walls.require()
connection.close()
