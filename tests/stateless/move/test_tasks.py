"""What `manage.py move tasks` says of a few lines of source code."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from shop.stateless.move.tasks.command import findings
from shop.stateless.move.tasks.report import markdown
from tests.stateless.audits import POSTGRES, configured, sources

QUIET = {"SETTINGS_MODULE": "settings", "CELERY_TASK_ACKS_LATE": True}  # of a project that is not this one
TASKS = """
    from celery import shared_task

    @shared_task
    def confirm(order_id):
        pass
"""


def said(tmp_path, code, *, tasks=TASKS, module="views", **settings):
    """The findings in `code` as {(topic, level, line)}."""
    with configured(**QUIET | settings) as project:
        found = findings(project, sources(tmp_path, tasks=tasks, **{module: code}))
    return {(one.topic.name, one.level.value, one.line) for one in found if one.file.endswith(f"{module}.py")}


def of(found, topic):
    return {(level, line) for name, level, line in found if name == topic}


def test_a_task_that_is_sent_without_waiting_for_the_commit(tmp_path):
    code = """
        from app.tasks import confirm
        @transaction.atomic
        def place(order):
            confirm.delay(order.pk)
            confirm.apply_async([order.pk])
            current_app.send_task("app.tasks.confirm", [order.pk])
    """
    assert of(said(tmp_path, code), "sent outside on_commit") == {("change", 5), ("change", 6), ("change", 7)}


INSIDE_ONE = [
    "def place(request):\n    with transaction.atomic():\n        confirm.delay(1)",
    "@method_decorator(transaction.atomic, name='dispatch')\nclass Place(View):\n    def post(self, request):\n"
    "        confirm.delay(1)",
    "@receiver(post_save, sender=Order)\ndef place(sender, **kwargs):\n    confirm.delay(1)",
    "def place(sender, **kwargs):\n    confirm.delay(1)\npost_save.connect(place, sender=Order)",
    "class OrderAdmin(ModelAdmin):\n    def save_model(self, request, *args):\n        confirm.delay(1)",
    "class Order(Model):\n    def save(self):\n        super().save()\n        confirm.delay(1)",
    "@shared_task\n@transaction.atomic\ndef place(order_id):\n    confirm.delay(1)",
    "def place(order):\n    confirm.delay(1)\n\ndef pay(order):\n    with atomic():\n        close(order)\n\n"
    "def close(order):\n    place(order)",
]
APART = [
    "def place(request):\n    with transaction.atomic():\n        order.save()\n    confirm.delay(1)",
    "class Place(View):\n    def post(self):\n        confirm.delay(1)\n\n@atomic\ndef tell():\n    r.post(1)",
    "@shared_task\ndef place(order_id):\n    confirm.delay(1)",
    "class OrderAdmin(ModelAdmin):\n    def confirm_again(self, request, orders):\n        confirm.delay(1)",
]
NOT_KNOWN = ["def place(order):\n    confirm.delay(1)", "confirm.delay(1)"]


@pytest.mark.parametrize(
    ("codes", "said_of_it"),
    [
        (INSIDE_ONE, ("sent outside on_commit", "change")),
        (APART, ("sent outside a transaction", "fine")),
        (NOT_KNOWN, ("sent outside on_commit", "look")),
    ],
)
def test_whether_there_is_a_transaction_to_wait_for(tmp_path, codes, said_of_it):
    for number, code in enumerate(codes):
        line = code.split("confirm.delay(1)")[0].count("\n") + 2
        found = said(tmp_path / str(number), f"from app.tasks import confirm\n{code}")
        assert {one for one in found if one[0].startswith("sent")} == {(*said_of_it, line)}, code


@pytest.mark.parametrize(("code", "level"), [(APART[0], "change"), (APART[2], "fine"), (NOT_KNOWN[0], "change")])
def test_where_each_request_is_a_transaction(tmp_path, code, level):
    databases = {"default": {**POSTGRES["default"], "ATOMIC_REQUESTS": True}}
    found = said(tmp_path, f"from app.tasks import confirm\n{code}", DATABASES=databases)
    assert {one[1] for one in found if one[0].startswith("sent")} == {level}


def test_a_command_that_sends_and_a_migration_that_did(tmp_path):
    code = "from app.tasks import confirm\nclass Command:\n    def handle(self):\n        confirm.delay(1)"
    assert said(tmp_path, code, module="management__commands__count") == set()
    with configured(**QUIET) as project:
        old = "from app.tasks import confirm\ndef forwards(apps, editor):\n    confirm.delay(1)"
        found = findings(project, sources(tmp_path, tasks=TASKS, migrations__m1=old, management__commands__count=code))
    assert [(one.topic.name, one.level.value, one.line) for one in found] == [("sent outside a transaction", "fine", 4)]


@pytest.mark.parametrize(
    "line",
    [
        "confirm.delay_on_commit(order.pk)",
        "transaction.on_commit(lambda: confirm.delay(order.pk))",
        "transaction.on_commit(partial(confirm.delay, order.pk))",
        "transaction.on_commit(functools.partial(confirm.apply_async, [order.pk]), robust=True)",
        "transaction.on_commit(send)",
    ],
)
def test_a_task_that_is_sent_after_the_commit(tmp_path, line):
    code = f"""
        from app.tasks import confirm
        def place(order):
            {line}
            def {"send" if "(send)" in line else "other"}():
                {"confirm.delay(order.pk)" if "(send)" in line else "pass"}
    """
    found = said(tmp_path, code)
    assert not of(found, "sent outside on_commit")
    assert {level for level, _ in of(found, "sent after the commit")} == {"fine"}


INSIDE = "mail or call inside a transaction"


@pytest.mark.parametrize(
    "code",
    [
        "@transaction.atomic\ndef place(order):\n    send_mail(order)",
        "def place(order):\n    with transaction.atomic():\n        requests.post(order)",
        "@receiver(post_save, sender=Order)\ndef place(order):\n    EmailMessage(order).send()",
    ],
)
def test_what_leaves_although_the_transaction_is_undone(tmp_path, code):
    assert of(said(tmp_path, code), INSIDE) == {("look", 3)}


@pytest.mark.parametrize(
    "code",
    [
        "@transaction.atomic\ndef place(order):\n    transaction.on_commit(lambda: send_mail(order))",
        "def place(order):\n    with transaction.atomic():\n        order.save()\n    send_mail(order)",
        "@shared_task\n@transaction.atomic\ndef place(order_id):\n    send_mail(order_id)",
    ],
)
def test_what_leaves_after_the_transaction(tmp_path, code):
    assert not of(said(tmp_path, code), INSIDE)


def test_a_class_of_tasks_that_waits_for_the_commit_by_itself(tmp_path):
    tasks = """
        from celery import Task, shared_task
        class Patient(Task):
            def apply_async(self, *args, **kwargs):
                transaction.on_commit(lambda: super(Patient, self).apply_async(*args, **kwargs))
        class Named(Patient):
            pass
        @shared_task(base=Named)
        def confirm(order_id):
            pass
    """
    code = "from app.tasks import confirm\ndef place(order):\n    confirm.apply_async([order.pk])"
    assert said(tmp_path, code, tasks=tasks) == {("sent after the commit", "fine", 3)}


@pytest.mark.parametrize("sent", ["timer.delay(5)", "pool.apply_async(work, [order])", "outbox.send_task(order)"])
def test_what_only_looks_like_a_task_is_left_alone(tmp_path, sent):
    assert said(tmp_path, f"def place(order):\n    {sent}") == set()


def test_tasks_of_other_libraries_are_left_alone(tmp_path):
    code = "from django.tasks import task\n@task()\ndef count(order_id):\n    pass"
    assert said(tmp_path, code, CELERY_TASK_ACKS_LATE=False) == set()


@pytest.mark.parametrize(
    ("before", "argument"),
    [
        ("pass", "request"),
        ("pass", "request.user"),
        ("pass", "request.FILES['photo']"),
        ("pass", "self.object"),
        ("pass", "Order.objects.filter(paid=False)"),
        ("pass", "Order.objects.values_list('pk', flat=True)"),
        ("pass", "lambda: 1"),
        ("pass", "{1, 2}"),
        ("order = Order.objects.create()", "order"),
        ("order, made = Order.objects.get_or_create(number=1)", "order"),
        ("order = get_object_or_404(Order, pk=1)", "order"),
        ("order = form.save()", "order"),
        ("file = open('list.csv')", "file"),
    ],
)
def test_an_argument_that_no_message_can_carry(tmp_path, before, argument):
    code = f"""
        from app.tasks import confirm
        def place(self, request, form):
            {before}
            confirm.delay_on_commit({argument})
    """
    assert of(said(tmp_path, code), "argument that JSON cannot carry") == {("change", 5)}


@pytest.mark.parametrize(
    ("before", "argument"),
    [
        ("order = Order.objects.create()", "order.pk"),
        ("order = Order.objects.values_list('pk', flat=True).get()", "order"),
        ("order = Order.objects.create(); order = order.pk", "order"),
        ("pass", "str(request.user.pk)"),
        ("pass", "[1, 2]"),
        ("pass", "request.POST['number']"),
    ],
)
def test_an_argument_that_a_message_can_carry(tmp_path, before, argument):
    code = f"""
        from app.tasks import confirm
        def place(self, request, form):
            {before}
            confirm.delay_on_commit({argument})
    """
    assert {name for name, _, _ in said(tmp_path, code)} == {"sent after the commit"}


def test_arguments_in_lists_and_by_name_are_seen(tmp_path):
    code = """
        from app.tasks import confirm
        def place(request):
            confirm.apply_async_on_commit([request])
            confirm.apply_async_on_commit(kwargs={"request": request})
            chain(confirm.s(request))
    """
    assert of(said(tmp_path, code), "argument that JSON cannot carry") == {("change", 4), ("change", 5), ("change", 6)}


def test_large_arguments_and_such_that_become_text(tmp_path):
    code = """
        from app.tasks import confirm
        def place(file):
            confirm.delay_on_commit(file.read())
            confirm.delay_on_commit(list(Order.objects.all()))
            confirm.delay_on_commit(timezone.now())
    """
    found = said(tmp_path, code)
    assert of(found, "argument that may be large") == {("look", 4), ("look", 5)}
    assert of(found, "argument that becomes text on the way") == {("fine", 6)}


@pytest.mark.parametrize(
    ("option", "level"),
    [
        ("countdown=60 * 60", "change"),
        ("countdown=15 * 60", "fine"),
        ("countdown=wait", "look"),
        ("eta=timezone.now() + timedelta(hours=1)", "change"),
        ("eta=timezone.now() + timedelta(minutes=5, seconds=3)", "fine"),
        ("eta=order.due_at", "look"),
    ],
)
def test_delays_over_fifteen_minutes(tmp_path, option, level):
    code = f"from app.tasks import confirm\ndef place(order, wait):\n    confirm.apply_async_on_commit([1], {option})"
    assert of(said(tmp_path, code), "delay") == {(level, 3)}


def test_results_that_somebody_waits_for(tmp_path):
    code = """
        from celery.result import AsyncResult
        from app.tasks import confirm
        def place(order):
            confirm.delay(1).get()
            sent = confirm.delay(1)
            if sent.ready():
                return AsyncResult("x")
            basket.get("confirm")
    """
    assert of(said(tmp_path, code), "result") == {("change", 5), ("change", 7), ("change", 8)}


def test_what_sqs_does_not_have(tmp_path):
    code = """
        from celery import chord, current_app, group
        from kombu.common import Broadcast
        from app.tasks import confirm
        QUEUES = [Broadcast("everybody")]
        def place(order):
            current_app.control.revoke("x", terminate=True)
            app.control.inspect().active()
            confirm.apply_async_on_commit([1], priority=3)
            chord([confirm.si(1)])(confirm.si(2))
            group(confirm.si(1))
    """
    found = said(tmp_path, code)
    assert of(found, "remote control") == {("change", 7), ("change", 8)}
    assert of(found, "broadcast") == {("change", 5)}
    assert of(found, "priority") == {("change", 9)}
    assert of(found, "group, chord or chain") == {("change", 10), ("look", 11)}


def test_what_tasks_say_of_themselves(tmp_path):
    code = """
        from celery import shared_task
        @shared_task(acks_late=False)
        def a(order_id):
            time.sleep(5)
        @shared_task(time_limit=2 * 60 * 60)
        def b(order_id):
            send_mail("sold", "", None, [])
        @shared_task
        def c(order_id):
            if Mail.objects.get_or_create(order=order_id)[1]:
                send_mail("sold", "", None, [])
    """
    found = said(tmp_path, code)
    assert of(found, "acknowledged before it is done") == {("change", 4)}
    assert of(found, "long task") == {("look", 5), ("change", 7)}
    assert of(found, "run twice") == {("look", 7)}
    every = of(said(tmp_path, code, CELERY_TASK_ACKS_LATE=False), "acknowledged before it is done")
    assert every == {("change", 4)}  # one line for all tasks of a module


def test_settings_that_rely_on_beat_results_and_eager_tasks(tmp_path):
    code = """
        CELERY_RESULT_BACKEND = "redis://cache/1"
        CELERY_TASK_ALWAYS_EAGER = True
        CELERY_BEAT_SCHEDULE = {
            "nightly": {"task": "count"},
        }
    """
    settings = {
        "CELERY_RESULT_BACKEND": "redis://cache/1",
        "CELERY_TASK_ALWAYS_EAGER": True,
        "CELERY_BEAT_SCHEDULE": {"nightly": {"task": "count"}},
    }
    found = said(tmp_path, code, module="settings", **settings)
    assert found == {("result", "look", 2), ("eager", "change", 3), ("beat", "change", 5)}


def test_markdown_says_why_and_what_instead(tmp_path):
    code = "from app.tasks import confirm\ndef place(order):\n    confirm.delay(1)"
    with configured(**QUIET) as project:
        text = markdown(findings(project, sources(tmp_path, tasks=TASKS, views=code)))
    assert "views.py:3 | confirm.delay(…) in place()" in text
    assert "* With SQS: delay_on_commit" in text and "* With an outbox: A row of the outbox" in text


def test_this_store_has_nothing_to_change():
    output = StringIO()
    call_command("move", "tasks", "--json", stdout=output)
    found = json.loads(output.getvalue())
    assert found["counts"]["change"] == 0 and found["unread"] == []
