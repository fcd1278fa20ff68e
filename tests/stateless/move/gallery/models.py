from django.core.files.storage import storages
from django.db import models


class Painting(models.Model):
    picture = models.FileField(max_length=255, upload_to="paintings")

    class Meta:
        app_label = "gallery"

    def __str__(self):
        return self.picture.name


class Deed(models.Model):
    scan = models.FileField(max_length=255, blank=True, storage=lambda: storages["private"])

    class Meta:
        app_label = "gallery"

    def __str__(self):
        return self.scan.name or ""
