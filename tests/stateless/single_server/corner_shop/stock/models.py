from django.core.files.storage import FileSystemStorage
from django.db import models


class Article(models.Model):
    name = models.CharField(max_length=50)
    pieces = models.IntegerField(default=0)
    photo = models.ImageField(upload_to="photos")
    manual = models.FileField(storage=FileSystemStorage(location="/srv/manuals"))

    def __str__(self):
        return self.name
