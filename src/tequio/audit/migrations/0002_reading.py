"""Indexes for reading the log. Made beside the work under way, so that nobody waits to write a line."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audit", "0001_initial")]

    operations = [
        AddIndexConcurrently("line", models.Index(fields=["chain", "at", "id"], name="line_chain_at")),
        AddIndexConcurrently("line", models.Index(fields=["at", "id"], name="line_at")),
        AddIndexConcurrently("line", models.Index(fields=["username", "at", "id"], name="line_username_at")),
        AddIndexConcurrently(
            "line", models.Index(fields=["folio", "at", "id"], condition=~models.Q(folio=""), name="line_folio_at")
        ),
        AddIndexConcurrently(
            "line", models.Index(fields=["at", "id"], condition=~models.Q(outcome="hecho"), name="line_not_done_at")
        ),
        AddIndexConcurrently("line", GinIndex(fields=["subjects"], name="line_subjects")),
    ]
