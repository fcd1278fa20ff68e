from django.db import models


class RevokedSession(models.Model):
    """A session that was ended. Kept until the session would have expired by itself."""

    digest = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:8]
