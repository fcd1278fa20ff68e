"""Files that views, middleware, tasks and what they import write to the disk of the pod."""

import ast
import re
from collections.abc import Iterator

from shop.stateless.places import is_stream
from shop.stateless.scan import paths
from shop.stateless.scan.findings import (
    Finding,
    Function,
    Place,
    dotted,
    finding,
    functions,
    last_name,
    may_serve,
    serves_requests,
)
from shop.stateless.scan.held import comes_of, held, makes
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

OPENERS = {"open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "aiofiles.open"}
ARCHIVES = {"zipfile.ZipFile", "tarfile.open"}
PATH_WRITERS = {"write_text", "write_bytes"}
MODE = re.compile(r"[rwaxbt+]{1,4}([:|]\w*)?")  # that of an archive may name a compression: w:gz
ASKED = "?"
# What takes a source and a target.
SHUTIL = {
    "shutil.copy", "shutil.copyfile", "shutil.move", "shutil.copy2", "shutil.copytree", "shutil.unpack_archive",
    "os.rename", "os.replace", "urllib.request.urlretrieve",
}  # fmt: skip
SQLITE = "sqlite3.connect"
ASKS = re.compile(r"^\s*(SELECT|WITH)\b", re.IGNORECASE)
CHANGES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
FILES = {"shelve.open", "dbm.open", SQLITE}
# Methods of pictures, tables and plots, which take a path and nothing else; a storage takes a name and a content.
SAVERS = {
    "save", "to_csv", "to_excel", "to_json", "to_pickle", "to_parquet", "to_html", "savefig", "write_pdf",
}  # fmt: skip
TEMPORARY = {"NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile", "mkstemp", "mkdtemp", "SpooledTemporaryFile"}
# What is written into these is gone, or sent, when the request ends.
PASSING = TEMPORARY | {"BytesIO", "StringIO", "HttpResponse"}
WRITTEN = "disk of the pod, by"
STAYING = {"mkstemp", "mkdtemp"}
REMOVES = {"unlink", "remove", "rmtree", "cleanup", "rename", "replace", "move"}
PATH_NAMES = ("path", "filename", "file_name", "_dir", "_root", "_file")


def find(module: Module) -> Iterator[Finding]:
    for place in functions(module):
        if not may_serve(module, place):
            continue
        certain = serves_requests(module, place) and not _only_asks(module, place.function)
        passing = held(place.function, PASSING)
        calls = (node for node in walk(place.function) if isinstance(node, ast.Call) and _writes(module, node))
        for node in calls:
            if not comes_of(_target(module, node), passing, PASSING):
                yield from _finding(module, place, node, WRITTEN, certain=certain and not _asks_mode(module, node))
        if not makes(place.function, REMOVES):
            for node in _staying(place.function):
                yield from _finding(module, place, node, "temporary file that nothing here removes, by", certain=False)


def _finding(module: Module, place: Place, node: ast.Call, what: str, *, certain: bool) -> Iterator[Finding]:
    name = f"{place.function.name}()"
    text = f"{what} {ast.unparse(node.func)[:60]}() in {name} of {module.name}"
    yield from finding(module, node, name, text, certain=certain)


def _writes(module: Module, node: ast.Call) -> bool:
    full, name, first = module.meaning(dotted(node.func)), last_name(node.func), node.args[0] if node.args else None
    if full in OPENERS or full in ARCHIVES:
        return (_asks_mode(module, node) or _is_for_writing(_mode(node, 1))) and not _is_device(first)
    if full in FILES or name.endswith("FileSystemStorage"):
        return not (isinstance(first, ast.Constant) and first.value == ":memory:")
    if not isinstance(node.func, ast.Attribute):
        return full in SHUTIL
    if name == "extractall":  # of an archive; columns of pandas have one, too
        return last_name(node.func.value) != "str"
    if full in SHUTIL or name in PATH_WRITERS or (name in SAVERS and len(node.args) == 1 and _is_file_path(first)):
        return True
    return name == "open" and _is_for_writing(_mode(node, 0)) and (_is_path(node.func.value) or _takes_no_name(node))


def _target(module: Module, node: ast.Call) -> ast.expr:
    """Return what is written to: the second argument of a copy, the path that a method is called on, else the first."""
    full, name = module.meaning(dotted(node.func)), last_name(node.func)
    on_path = name in PATH_WRITERS or (name == "open" and full not in OPENERS | ARCHIVES | FILES)
    if on_path and isinstance(node.func, ast.Attribute):
        return node.func.value
    return node.args[int(full in SHUTIL)] if len(node.args) > int(full in SHUTIL) else node


def _only_asks(module: Module, function: Function) -> bool:
    """Return whether it opens SQLite and no text in it changes anything: the file may be part of the release."""
    opens = any(module.meaning(dotted(node.func)) == SQLITE for node in walk(function) if isinstance(node, ast.Call))
    texts = [node.value for node in walk(function) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return opens and any(ASKS.search(text) for text in texts) and not any(CHANGES.search(text) for text in texts)


def _mode(node: ast.Call, position: int) -> str:
    given = [keyword.value for keyword in node.keywords if keyword.arg == "mode"] + node.args[position : position + 1]
    return (_text(given[0]) or ASKED) if given else "r"


def _asks_mode(module: Module, node: ast.Call) -> bool:
    """Return whether it opens a file in a mode that is only known when it runs."""
    return module.meaning(dotted(node.func)) in OPENERS | ARCHIVES and _mode(node, 1) == ASKED


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_for_writing(mode: str) -> bool:
    return bool(MODE.fullmatch(mode) and set(mode) & set("wax+"))


def _takes_no_name(node: ast.Call) -> bool:
    """Return whether it is target.open("wb"), which a path has; a storage and an archive take a name first.

    So has the field of a model: that is for its storage to say.
    """
    of_field = isinstance(node.func, ast.Attribute) and last_name(node.func.value) in paths.file_fields()
    first, second = [*map(_text, node.args), "", ""][:2]
    return not of_field and (not node.args or (_mode(node, 0) == first and not second))


def _is_device(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and is_stream(node.value)


def _is_path(node: ast.expr) -> bool:
    """Return whether this is a pathlib path, as far as its name tells; a storage has open() too."""
    return last_name(node) in {"Path", "joinpath", "with_suffix", "with_name"} or "path" in last_name(node).lower()


def _is_file_path(node: ast.expr | None) -> bool:
    """Return whether it is a path rather than a response or a buffer: a text, a / b, os.path.join(), x.path."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and "." in node.value
    if isinstance(node, ast.BinOp):
        return _is_file_path(node.left) or _is_file_path(node.right)
    if isinstance(node, ast.Call):
        return dotted(node.func) == "os.path.join" or _is_path(node)
    return isinstance(node, ast.JoinedStr) or last_name(node).lower().endswith(PATH_NAMES)


def _staying(function: Function) -> Iterator[ast.Call]:
    """Yield the calls that make a temporary file which is still there when the function has ended."""
    for node in walk(function):
        if isinstance(node, ast.Call) and last_name(node.func) in STAYING:
            yield node
        elif isinstance(node, ast.Call) and last_name(node.func) == "NamedTemporaryFile":
            kept = [one.value for one in node.keywords if one.arg == "delete"]
            if kept and isinstance(kept[0], ast.Constant) and kept[0].value is False:
                yield node
