"""Background work, mail, search, web sockets, throttles, names and addresses."""

import pytest
from django.utils.functional import SimpleLazyObject

from shop.stateless.project import Project
from shop.stateless.rules import celery, channels, hosts, mail, queues, search, throttles
from tests.stateless.audits import configured, findings, rows, sources

DJANGO = "django.core.mail.backends."
LOCMEM = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REDIS = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://cache.internal"}}
SHARED = {"broker_url": "sqs://"}


@pytest.mark.parametrize(
    ("conf", "ids"),
    [
        ({"broker_url": "memory://"}, ["E060"]),
        ({"broker_url": "filesystem://"}, ["E060"]),
        ({"broker_url": "sqla+sqlite:///broker.db"}, ["E060"]),
        ({"broker_url": "gcpubsub://projects/shop"}, []),
        ({"broker_url": "azureservicebus://key@shop"}, []),
        ({"broker_write_url": "redis://queue.internal:6379/0"}, []),
        ({"broker_url": "redis://localhost:6379/0"}, ["E060"]),
        ({}, ["E060"]),
        ({"broker_url": "redis://queue.internal:6379/0"}, []),
        (SHARED, []),
        ({**SHARED, "result_backend": "file:///srv/results"}, ["E061"]),
        ({**SHARED, "result_backend": "db+sqlite:///results.db"}, ["E061"]),
        ({**SHARED, "result_backend": "cache+memory://"}, ["E061"]),
        ({**SHARED, "result_backend": "redis://127.0.0.1/1"}, ["E061"]),
        ({**SHARED, "result_backend": "redis://queue.internal/1"}, []),
        ({**SHARED, "result_backend": "django-db"}, []),
        ({**SHARED, "result_backend": "rpc://"}, []),
        ({**SHARED, "result_backend": "cache+memcached://memory.internal/"}, []),
        ({**SHARED, "beat_schedule": {"nightly": {}}}, ["W062"]),
        ({**SHARED, "beat_schedule": {}}, []),
        (
            {**SHARED, "beat_schedule": {"n": {}}, "beat_scheduler": "django_celery_beat.schedulers:DatabaseScheduler"},
            [],
        ),
        ({**SHARED, "task_always_eager": True}, ["W063"]),
    ],
)
def test_celery(conf, ids, monkeypatch):
    monkeypatch.setattr(celery, "configuration", lambda project: conf)
    assert findings(celery.rows) == ids


@pytest.mark.parametrize(
    ("code", "conf", "ids"),
    [
        ("app.add_periodic_task(3600, count.s())", {}, ["W062"]),
        ("app.add_periodic_task(3600, count.s())", {"beat_schedule": {"n": {}}}, []),  # told already
        ("app.add_periodic_task(3600, count.s())", {"beat_scheduler": "django_celery_beat:DatabaseScheduler"}, []),
        ("count.delay()", {}, []),
    ],
)
def test_a_schedule_that_only_code_tells(tmp_path, code, conf, ids, monkeypatch):
    monkeypatch.setattr(celery, "configuration", lambda project: {**SHARED, **conf})
    with configured() as project:
        project.sources = sources(tmp_path, tasks=f"def setup(app, **kwargs):\n    {code}\n")
        found = list(celery.told_by_code(project))
    assert [row.id.removeprefix("stateless.") for row in found if row.is_finding] == ids


@pytest.mark.parametrize(
    ("conf", "where"),
    [
        (SHARED, ["sqs"]),
        ({"broker_url": "gcpubsub://projects/shop"}, ["gcpubsub"]),
        ({"broker_url": "azureservicebus://key@shop"}, ["azureservicebus"]),
        ({**SHARED, "result_backend": "disabled://"}, ["sqs"]),
        ({**SHARED, "result_backend": "rpc://"}, ["sqs"]),
        ({**SHARED, "result_backend": "django-db"}, ["sqs", "database"]),
        ({**SHARED, "result_backend": "django-cache"}, ["sqs", "memory of the process"]),
        ({**SHARED, "result_backend": "django-cache", "cache_backend": "shared"}, ["sqs", "cache “shared”"]),
        ({**SHARED, "result_backend": "django-cache", "cache_backend": "none"}, ["sqs", "memory of the process"]),
        ({**SHARED, "beat_schedule": {"n": {}}}, ["sqs", "file celerybeat-schedule"]),
        ({**SHARED, "beat_schedule": {"n": {}}, "beat_schedule_filename": "/srv/beat"}, ["sqs", "file /srv/beat"]),
        ({**SHARED, "beat_scheduler": "django_celery_beat.schedulers:DatabaseScheduler"}, ["sqs", "database"]),
        ({**SHARED, "beat_scheduler": "redbeat.RedBeatScheduler"}, ["sqs"]),
    ],
)
def test_where_the_state_of_celery_is(conf, where, monkeypatch):
    monkeypatch.setattr(celery, "configuration", lambda project: conf)
    caches = {**LOCMEM, "shared": REDIS["default"]}
    assert [row.where for row in rows(celery.rows, CACHES=caches)] == where


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({}, []),
        ({"SHOP_CELERY_BROKER_URL": "memory://"}, []),
        ({"CELERY_BROKER_URL": "memory://"}, ["E060"]),
        ({"CELERY_BROKER_URL": "sqs://", "CELERY_TASK_ALWAYS_EAGER": True}, ["W063"]),
        ({"CELERY_BROKER_URL": "sqs://", "CELERY_ALWAYS_EAGER": True}, ["W063"]),
        ({"CELERY_BROKER_URL": "sqs://", "CELERY_RESULT_BACKEND": "file:///srv/results"}, ["E061"]),
    ],
)
def test_the_settings_of_celery_where_no_application_is_found(given, ids):
    assert findings(celery.rows, SETTINGS_MODULE="settings_of_no_package", **given) == ids


def test_the_celery_application_of_the_project_is_found():
    assert celery.configuration(Project()).get("broker_url") == "sqs://"


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({"RQ_QUEUES": {"default": {"HOST": "localhost"}}}, ["E064"]),
        ({"RQ_QUEUES": {"default": {"URL": "redis://queue.internal"}}}, []),
        ({"HUEY": {"huey_class": "huey.SqliteHuey", "immediate": False}}, ["E064"]),
        ({"HUEY": {"immediate": False, "url": "redis://queue.internal"}}, []),
        ({"Q_CLUSTER": {"redis": {"host": "127.0.0.1"}}}, ["E064"]),
        ({"Q_CLUSTER": {"orm": "default"}}, []),
        ({"CRONJOBS": [("0 3 * * *", "reports.nightly")]}, ["W065"]),
        ({"CRONJOBS": []}, []),
        ({"TASKS": {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}}, ["W064"]),
    ],
)
def test_other_queues(given, ids, monkeypatch):
    monkeypatch.setattr(Project, "has_app", lambda self, name: name == "django_crontab")
    assert findings(queues.rows, **given) == ids


@pytest.mark.parametrize(
    ("backend", "host", "ids"),
    [
        ("filebased", "mail.internal", ["E080"]),
        ("locmem", "mail.internal", ["E080"]),
        ("console", "mail.internal", ["I080"]),
        ("smtp", "localhost", ["E081"]),
        ("smtp", "mail.internal", []),
        ("dummy", "mail.internal", []),
    ],
)
def test_mail(backend, host, ids):
    assert findings(mail.rows, EMAIL_BACKEND=f"{DJANGO}{backend}.EmailBackend", EMAIL_HOST=host) == ids


def test_a_mail_backend_of_its_own_is_unknown():
    assert findings(mail.rows, EMAIL_BACKEND="config.local.eml.EmailBackend") == ["I082"]


@pytest.mark.parametrize(
    ("entry", "ids"),
    [
        ({"ENGINE": "haystack.backends.whoosh_backend.WhooshEngine", "PATH": "/srv/index"}, ["E120"]),
        ({"ENGINE": "haystack.backends.solr_backend.SolrEngine", "URL": "http://127.0.0.1:8983/solr"}, ["E121"]),
        ({"ENGINE": "haystack.backends.solr_backend.SolrEngine", "URL": "http://search.internal/solr"}, []),
        ({"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}, []),
        ({"ENGINE": "my.own.Engine"}, ["I122"]),
    ],
)
def test_search(entry, ids):
    assert findings(search.rows, HAYSTACK_CONNECTIONS={"default": entry}) == ids


@pytest.mark.parametrize(
    ("entry", "ids"),
    [
        ({"BACKEND": "channels.layers.InMemoryChannelLayer"}, ["E140"]),
        ({"BACKEND": "channels_redis.core.RedisChannelLayer"}, ["E141"]),
        ({"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [("localhost", 6379)]}}, ["E141"]),
        ({"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [("cache.internal", 6379)]}}, []),
    ],
)
def test_channel_layers(entry, ids):
    assert findings(channels.rows, CHANNEL_LAYERS={"default": entry}) == ids


@pytest.mark.parametrize(("caches", "ids"), [(LOCMEM, ["W110", "W111"]), (REDIS, [])])
def test_throttles_count_where_the_cache_is(caches, ids):
    rates = {"DEFAULT_THROTTLE_RATES": {"anon": "5/min"}}
    assert findings(throttles.rows, CACHES=caches, REST_FRAMEWORK=rates, ACCOUNT_RATE_LIMITS={}) == ids


@pytest.mark.parametrize(
    "given", [{"RATELIMIT_USE_CACHE": "default"}, {"AXES_HANDLER": "axes.handlers.cache.AxesCacheHandler"}]
)
@pytest.mark.parametrize(("caches", "ids"), [(LOCMEM, ["W111"]), (REDIS, [])])
def test_sign_in_limits(given, caches, ids, monkeypatch):
    monkeypatch.setattr(Project, "has_app", lambda self, name: name == "axes")
    assert findings(throttles.rows, CACHES=caches, **given) == ids


def test_without_throttles_nothing_counts():
    assert findings(throttles.rows, CACHES=LOCMEM, REST_FRAMEWORK={}, ACCOUNT_RATE_LIMITS=False) == []


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({"ALLOWED_HOSTS": ["shop.example"]}, []),
        ({"ALLOWED_HOSTS": ["*"]}, []),
        ({"ALLOWED_HOSTS": []}, ["I100"]),
        ({"ALLOWED_HOSTS": ["localhost"]}, ["I100"]),
    ],
)
def test_allowed_hosts(given, ids):
    public = {"PUBLIC_URL": "https://shop.example", "MEDIA_URL": "/media/", "SQS_QUEUE_BASE_URL": "https://sqs.example"}
    public |= {"REDIS_URL": "", "REDIS_SESSIONS_URL": "", "CARD_PROVIDER_URL": ""}
    assert [one for one in findings(hosts.rows, **public, **given) if one.endswith("100")] == ids


def test_services_of_this_machine():
    value = {"carriers": [{"url": "http://localhost:9000/parcels"}, {"url": "https://parcels.example"}]}
    lazy = SimpleLazyObject(lambda: "http://localhost:9000/schema")
    with_it, without = findings(hosts.rows, SHIPPING=value, SCHEMA=lazy), findings(hosts.rows)
    assert len(with_it) == len(without) + 2
    assert "W101" in with_it
