"""Qt lets go of a method when its object is deleted, and never of a lambda.

So what a page hears from something that outlives it comes to a method of its own: after the page was closed, a lambda
would still be called, with widgets that are no more.
"""

import ast
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "caiso_desktop" / "ui"
OUTLIVING = {"ports", "desk", "identities", "offer", "drafts", "shelf", "work", "stock", "jobs", "control", "settings"}
AS_LONG = {
    # Each belongs to a draft as its desk does, and both go together.
    "deadline_watch.py": {"desk"},
    "macro/wording.py": {"desk"},
    "draft_keeping.py": {"desk"},
    "draft_guard.py": {"desk"},
    # These belong to the window, as what they hear does.
    "history_panel.py": {"ports", "offer"},
    "watch/door.py": {"drafts"},
}
"""What lives no longer than the module's own objects."""


def lambdas(tree: ast.AST) -> list[tuple[int, str]]:
    """Line and sender of each ``sender.signal.connect(...)`` with a lambda, or what a call makes, of ``self``."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect"):
            continue
        speaks = any(
            isinstance(each, ast.Name) and each.id == "self"
            for argument in node.args
            if isinstance(argument, ast.Lambda | ast.Call)
            for each in ast.walk(argument)
        )
        if speaks:
            found.append((node.lineno, ast.unparse(node.func.value)))
    return found


def outlives(sender: str, own: frozenset[str] = frozenset()) -> bool:
    """Whether something that a page was given has this signal, or something of it, but for its ``own``."""
    names = [name.lstrip("_") for name in sender.split(".") if name != "self"]
    return bool((OUTLIVING - own) & set(names[:-1]))


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: str(path.relative_to(UI)))
def test_no_lambda_hears_what_outlives_it(path: Path) -> None:
    own = frozenset(AS_LONG.get(path.relative_to(UI).as_posix(), ()))
    heard = [each for each in lambdas(ast.parse(path.read_text(encoding="utf-8"))) if outlives(each[1], own)]
    assert heard == []


def test_such_a_lambda_would_be_found() -> None:
    text = "desk.moved.connect(lambda x: self.look())\nself._ports.offer.changed.connect(lambda: self.x)\n"
    text += "desk.moved.connect(self.changer(1))\n"
    own = "self.button.clicked.connect(lambda: self.look())\ndesk.moved.connect(self.look)\n"
    heard = [each for each in lambdas(ast.parse(text + own)) if outlives(each[1])]
    assert heard == [(1, "desk.moved"), (2, "self._ports.offer.changed"), (3, "desk.moved")]
