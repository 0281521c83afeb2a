"""Text in format=flowed (RFC 3676): lines that end with a blank go on in the next. Pure."""

from __future__ import annotations


def unwrapped(text: str, *, delete_space: bool) -> str:
    """The paragraphs on one line each; quoted ones get `> ` for each level. A signature's line never goes on."""
    out, open_marks = list[str](), -1
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip(">"))
        words = line[marks:].removeprefix(" ")
        is_signature = words == "-- "
        if open_marks == marks and not is_signature:
            out[-1] += words
        else:
            out.append(("> " * marks if marks else "") + words)
        goes_on = words.endswith(" ") and not is_signature
        if goes_on and delete_space:
            out[-1] = out[-1][:-1]
        open_marks = marks if goes_on else -1
    return "\n".join(out)
