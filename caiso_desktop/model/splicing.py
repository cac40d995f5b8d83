"""Makes a splice: what it writes into the text, and the elements after it, known without reading the text again.

What is written is escaped for the text's encoding, indented as its neighbours are, and bears the prefix that is known
for its namespace where it goes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from caiso_desktop.model.branch import Starts, replaced, without
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.markup import SPACE, XML, check_name, content_said, escaped, quoted, rewritten, split
from caiso_desktop.model.outline import Attribute, Extent, Node, NodePath, Outline
from caiso_desktop.model.spelling import Element, Spelling, Written
from caiso_desktop.model.splice import Add, Duplicate, Move, Remove, SetAttribute, SetValue, Splice
from caiso_desktop.model.surroundings import Surroundings, lead_of
from caiso_desktop.model.tag import grow, start_tag
from caiso_desktop.model.undo import Edit

_LAST_ASIDE = re.compile(r"(?:-->|\?>)(?=[ \t\r\n]*\Z)")


@dataclass(slots=True)
class Spliced:
    """What a splice makes: pieces of new text for stretches of the old, in their order, and the elements after it."""

    root: Node
    pieces: list[tuple[int, int, str]] = field(default_factory=list)

    def edit(self, text: str) -> Edit:
        """All of it as one edit, from the first change to the last."""
        if not self.pieces:
            return Edit(0, "", "")
        out, last = [], self.pieces[0][0]
        for start, end, new in self.pieces:
            out += [text[last:start], new]
            last = end
        return Edit(self.pieces[0][0], text[self.pieces[0][0] : last], "".join(out))


def spliced(draft: Draft, outline: Outline, splice: Splice) -> Spliced:
    """What a splice of the draft's own revision makes of it; `EditRefused` where it cannot be made."""
    work = _Work(draft, outline)
    match splice:
        case SetValue():
            return work.set_values(splice.values)
        case SetAttribute():
            return work.set_attribute(splice.path, splice.name, splice.value, is_name=splice.is_name)
        case Add():
            return work.add(splice.path, splice.index, splice.elements)
        case Remove():
            return work.remove(splice.paths)
        case Move():
            return work.move(splice.path, splice.to)
        case Duplicate():
            return work.duplicate(splice.path)


class _Work:
    """One splice in the making."""

    def __init__(self, draft: Draft, outline: Outline) -> None:
        self._draft = draft
        self._text = draft.text
        self._outline = outline
        self._spelling = Spelling(draft)
        self._around = Surroundings(draft.text, outline)

    def set_values(self, values: Mapping[NodePath, str]) -> Spliced:
        changed: dict[NodePath, Node] = {}
        pieces = []
        starts = Starts(self._outline)
        for path in sorted(values):
            node = self._outline.node(path)
            self._sure(path)
            if node.children:
                raise EditRefused(f"<{node.tag}> has elements in it, so it has no value of its own.")
            if node.value == values[path]:
                continue
            start = starts.of(path)
            piece, node = self._said(node, start, values[path])
            pieces.append(piece)
            changed[path] = node
        return Spliced(replaced(self._outline.root, changed), pieces)

    def set_attribute(self, path: NodePath, name: str, value: str | None, *, is_name: bool = False) -> Spliced:
        self._sure(path)
        check_name(name)
        if split(name) == ("", "xmlns"):
            raise EditRefused("A namespace is not an attribute; declare it in the XML.")
        node, start = self._outline.node(path), self._outline.extent(path).start
        scope, declared = self._outline.scope(path), ""
        if is_name and value is not None:
            value, new = self._spelling.type_name(value, scope)
            scope, declared = {**scope, **new}, self._spelling.declarations(new)
        known = next((each for each in node.attributes if each.name == name), None)
        if known is not None:
            piece = self._attribute_anew(known, start, value, declared)
        elif value is not None:
            at = start + self._attributes_end(node, start)
            piece = (at, at, declared + self._spelling.attribute(name, value, scope)[0])
        else:
            return Spliced(self._outline.root)
        head = self._text[start : piece[0]] + piece[2] + self._text[piece[1] : start + node.head]
        changed = start_tag(head, 0, self._outline.scope(path[:-1]) if path else {"xml": XML}, node)
        return Spliced(replaced(self._outline.root, {path: changed}), [piece])

    def _attribute_anew(self, known: Attribute, start: int, value: str | None, declared: str) -> tuple[int, int, str]:
        """An attribute that is there with another value, behind what has to be declared for it; gone without one."""
        at, value_at = start + known.at, start + known.value_at
        end = value_at + known.length
        if value is None:
            before = self._text[start:at]
            return start + len(before.rstrip(SPACE)), end + 1, ""
        said = quoted(value, self._draft.encoding, self._text[value_at - 1])
        if not declared:
            return value_at, end, said
        return at, end, f"{declared.lstrip()} {self._text[at:value_at]}{said}"

    def add(self, path: NodePath, index: int, elements: tuple[Element | Written, ...]) -> Spliced:
        self._sure(path)
        parent = self._outline.node(path)
        if not 0 <= index <= len(parent.children):
            raise EditRefused("The place is not there any more.", advice="Look at the payload again.")
        if not elements:
            return Spliced(self._outline.root)
        if not parent.children:
            return self._add_first(path, parent, elements)
        at, lead, behind = self._around.place(path, parent, index)
        scope, indent = self._outline.scope(path), self._around.step(path)
        written = [self._write(each, scope, lead, indent, parent) for each in elements]
        # Before the first child the lead is there already.
        new = "".join(raw + lead if behind else lead + raw for raw in written)
        return self._inserted(path, parent, index, at, new, [grow(raw, 0, scope) for raw in written])

    def remove(self, paths: tuple[NodePath, ...]) -> Spliced:
        pieces = []
        gone: dict[NodePath, set[int]] = {}
        starts = Starts(self._outline)
        # What lies in an element that goes goes with it.
        for path in sorted(each for each in set(paths) if not any(each[:end] in paths for end in range(len(each)))):
            if not path:
                raise EditRefused("The root element stays: a document has one.", advice="Use Reset to begin anew.")
            self._sure(path[:-1])
            self._sure(path)
            node, start = self._outline.node(path), starts.of(path)
            end = start + node.length
            lead = lead_of(self._text[start - node.gap : start])
            alone = re.match(r"[ \t]*[\r\n]", self._text[end : end + 200]) is not None
            pieces.append((start - len(lead) if alone else start, end, ""))
            gone.setdefault(path[:-1], set()).add(path[-1])
        root = self._outline.root
        # Deeper parents first: the paths of those above them still count then.
        cuts = dict(zip(sorted(_all(gone)), pieces, strict=True))
        for parent in sorted(gone, reverse=True):
            changed = without(
                _at(root, parent), {i: cuts[(*parent, i)][1] - cuts[(*parent, i)][0] for i in gone[parent]}
            )
            if not changed.children:
                content = self._outline.content(parent)
                left = _cut(self._text, content, [cuts[(*parent, i)] for i in sorted(gone[parent])])
                changed = replace(changed, text=content_said(left), mixed=False)
            root = replaced(root, {parent: changed})
        return Spliced(root, pieces)

    def move(self, path: NodePath, to: int) -> Spliced:
        if not path:
            raise EditRefused("The root element has nowhere to go.")
        self._sure(path[:-1])
        parent, index = self._outline.node(path[:-1]), path[-1]
        self._outline.node(path)
        if not 0 <= to < len(parent.children):
            raise EditRefused("There is no place to move it to.")
        if to == index:
            return Spliced(self._outline.root)
        low, high = min(index, to), max(index, to)
        starts = self._outline.starts(path[:-1])
        old = parent.children[low : high + 1]
        new = [*old[1:], old[0]] if index < to else [old[-1], *old[:-1]]
        order = [*range(low + 1, high + 1), low] if index < to else [high, *range(low, high)]
        out = []
        for place, source in zip(range(low, high + 1), order, strict=True):
            if place > low:
                out.append(self._text[starts[place] - parent.children[place].gap : starts[place]])
            out.append(self._text[starts[source] : starts[source] + parent.children[source].length])
        moved = tuple(replace(node, gap=was.gap) for node, was in zip(new, old, strict=True))
        children = (*parent.children[:low], *moved, *parent.children[high + 1 :])
        root = replaced(self._outline.root, {path[:-1]: replace(parent, children=children)})
        return Spliced(root, [(starts[low], starts[high] + parent.children[high].length, "".join(out))])

    def duplicate(self, path: NodePath) -> Spliced:
        if not path:
            raise EditRefused("A document has one root element.")
        self._sure(path[:-1])
        self._sure(path)
        extent = self._outline.extent(path)
        parent = self._outline.node(path[:-1])
        at, lead, _ = self._around.place(path[:-1], parent, path[-1] + 1)
        raw = self._text[extent.start : extent.end]
        copy = replace(self._outline.node(path), gap=0)
        return self._inserted(path[:-1], parent, path[-1] + 1, at, lead + raw, [copy])

    def _sure(self, path: NodePath) -> None:
        if path in self._outline.unsure:
            raise EditRefused(
                "The XML was edited at this place just now and is not read again yet.", advice="Try again in a moment."
            )

    def _said(self, node: Node, start: int, value: str) -> tuple[tuple[int, int, str], Node]:
        """The new text of a leaf, and the leaf after it."""
        newline, encoding = self._draft.newline, self._draft.encoding
        if node.foot:
            inner, outer = start + node.head, start + node.length - node.foot
            new = rewritten(self._text[inner:outer], value, encoding, newline)
            changed = replace(node, tail=len(new), text=content_said(new)).measured()
            return _trimmed(inner, self._text[inner:outer], new), changed
        head = self._text[start : start + node.head - 2].rstrip(SPACE) + ">"
        new, foot = escaped(value, encoding, newline), f"</{node.tag}>"
        changed = replace(node, head=len(head), tail=len(new), foot=len(foot), text=content_said(new)).measured()
        return (start + len(head) - 1, start + node.head, f">{new}{foot}"), changed

    def _attributes_end(self, node: Node, start: int) -> int:
        """Behind the last attribute or declaration of a start tag, or behind its name."""
        head = self._text[start : start + node.head]
        return len(head.removesuffix(">").removesuffix("/").rstrip(SPACE))

    def _add_first(self, path: NodePath, parent: Node, elements: tuple[Element | Written, ...]) -> Spliced:
        """Elements for a parent that has none."""
        extent, scope, unit = self._outline.extent(path), self._outline.scope(path), self._around.step(path)
        indent = self._around.indent(path)
        last = self._draft.newline + indent if indent is not None else ""
        lead = last + unit if last else ""
        inner, outer = extent.start + parent.head, extent.end - parent.foot
        content = self._text[inner:outer]
        aside = _LAST_ASIDE.search(content)
        written = [self._write(each, scope, lead, unit, parent) for each in elements]
        new = "".join(lead + raw for raw in written)
        nodes = [grow(raw, 0, scope) for raw in written]
        if not parent.foot:
            head = self._text[extent.start : inner - 2].rstrip(SPACE) + ">"
            piece = (extent.start + len(head) - 1, extent.end, f">{new}{last}</{parent.tag}>")
            bare = replace(parent, head=len(head), tail=len(last), foot=len(parent.tag) + 3)
            first = len(lead)
        elif aside is not None or content.strip(SPACE):
            # Behind what is there; the white space before the end tag stays.
            at = inner + (aside.end() if aside is not None else len(content.rstrip(SPACE)))
            piece = (at, at, new + (last if lead and not lead_of(self._text[at:outer]) else ""))
            bare = replace(parent, tail=len(piece[2]) - len(new) + outer - at)
            first = at - inner + len(lead)
        else:
            piece = (inner, outer, new + last)
            bare = replace(parent, tail=len(last))
            first = len(lead)
        children = tuple(replace(node, gap=len(lead) if number else first) for number, node in enumerate(nodes))
        before = self._text[inner : piece[0]] if parent.foot else ""
        changed = replace(bare, text="", mixed=_says(before), children=children).measured()
        return Spliced(replaced(self._outline.root, {path: changed}), [piece])

    def _write(self, element: Element | Written, scope: Mapping[str, str], lead: str, unit: str, parent: Node) -> str:
        """A new element as it is written."""
        if isinstance(element, Written):
            return self._spelling.written(element)
        return self._spelling.element(element, scope, lead, unit, parent)

    def _inserted(self, path: NodePath, parent: Node, index: int, at: int, new: str, nodes: list[Node]) -> Spliced:
        """Children put in at a place, where ``new`` is their text with a lead each."""
        lead = (len(new) - sum(node.length for node in nodes)) // len(nodes)
        starts = self._outline.starts(path)
        children = list(parent.children)
        tail = parent.tail
        if index == 0:
            nodes[0] = replace(nodes[0], gap=children[0].gap)
            nodes[1:] = [replace(node, gap=lead) for node in nodes[1:]]
            children[0] = replace(children[0], gap=lead)
        else:
            beyond = at - (starts[index - 1] + children[index - 1].length)
            nodes[0] = replace(nodes[0], gap=beyond + lead)
            nodes[1:] = [replace(node, gap=lead) for node in nodes[1:]]
            if index < len(children):
                children[index] = replace(children[index], gap=children[index].gap - beyond)
            else:
                tail -= beyond
        children[index:index] = nodes
        changed = replace(parent, tail=tail, children=tuple(children)).measured()
        return Spliced(replaced(self._outline.root, {path: changed}), [(at, at, new)])


def _cut(text: str, extent: Extent, cuts: list[tuple[int, int, str]]) -> str:
    """A stretch of the text without some pieces of it."""
    kept, at = [], extent.start
    for start, end, _ in cuts:
        kept.append(text[at:start])
        at = end
    return "".join(kept) + text[at : extent.end]


def _all(gone: Mapping[NodePath, set[int]]) -> list[NodePath]:
    return [(*parent, index) for parent, indexes in gone.items() for index in indexes]


def _at(root: Node, path: NodePath) -> Node:
    for index in path:
        root = root.children[index]
    return root


def _trimmed(at: int, old: str, new: str) -> tuple[int, int, str]:
    """A piece without the beginning and the end that both have."""
    edit = Edit.between(old, new)
    return at + edit.at, at + edit.at + len(edit.removed), edit.inserted


def _says(raw: str) -> bool:
    return bool(content_said(raw).strip(SPACE))
