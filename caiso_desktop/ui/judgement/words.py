"""What is thought of a payload, in the few words of one line."""

from caiso_desktop.model.judgement import Conformity, Judgement


def in_words(judgement: Judgement) -> tuple[str, str]:
    """A judgement without problems as words, with their tone; what is not checked is never called valid."""
    if judgement.conformity is Conformity.VALID:
        return f"Valid · {judgement.provenance}", "success"
    return f"Well-formed, not checked: {judgement.why.rstrip('.')}", "muted"


def title(judgement: Judgement) -> str:
    """What comes before the first problem: how many there are by which schema; nothing for a single one."""
    if judgement.conformity is Conformity.NOT_CHECKED:
        return "Not checked by a schema."
    return f"{judgement.title}:" if judgement.count > 1 else ""
