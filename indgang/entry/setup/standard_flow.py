"""What most flows have in common: what callers hear in every queue, and the steps around a queue as plain data.

A centre begins with these and changes them on its pages; `first_flow` is the smallest flow that loses nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROMPTS: dict[str, str] = {
    # in every queue
    "koe-nummer-foer": "Du er nummer",
    "koe-nummer-efter": "i køen.",
    "koe-ventetid": "Den forventede ventetid er",
    "vent-under-et-minut": "mindre end et minut.",
    "vent-minutter": "minutter.",
    "koe-tilbud": "Tast 1, hvis du hellere vil ringes op, når det bliver din tur. Du beholder din plads i køen.",
    "koe-travlt": "Der er flere, der ringer, end vi kan nå at tale med lige nu.",
    "koe-ingen": "Der er desværre ingen, der kan tage telefonen lige nu.",
    "koe-sikker": "Vi finder en medarbejder til dig. Bliv venligst i røret.",
    # ringing back
    "ring-op": (
        "Tast 1, så ringer vi til det nummer, du ringer fra. Tast 2, hvis vi skal ringe til et andet nummer. "
        "Tast stjerne, hvis du ikke vil ringes op."
    ),
    "ring-op-nummer": "Tast det nummer, vi skal ringe til. Slut med firkant.",
    "ring-op-bekraeft": "Du har tastet",
    "ring-op-bekraeft-valg": "Tast 1, hvis det er rigtigt. Tast 2 for at taste nummeret igen.",
    "ring-op-tak": "Tak. Vi ringer til dig, når det er din tur. Du kan roligt lægge på nu.",
    # who was promised a call, and calls
    "lovet-menu": (
        "Vi har lovet at ringe til dig, og du har stadig din plads i køen. "
        "Tast 1, hvis du hellere vil vente i røret nu. Så beholder du pladsen. "
        "Tast 2, hvis vi ikke skal ringe til dig. Bliv i røret, hvis du ringer om noget andet. "
        "Lægger du på, ringer vi, som vi har aftalt."
    ),
    "lovet-afmeldt": "Det er noteret. Vi ringer ikke til dig.",
    "forgaeves-menu": (
        "Vi har prøvet at ringe til dig, men fik ikke fat i dig. Tast 1, hvis du vil vente i køen nu. "
        "Tast 2, hvis vi skal ringe til dig igen. Bliv i røret, hvis du ringer om noget andet."
    ),
    # messages
    "besked": "Læg en besked med dit navn, dit telefonnummer og dit spørgsmål efter tonen. Slut med firkant.",
    "besked-tak": "Tak for din besked. Vi vender tilbage, så snart vi har åbent.",
    "farvel": "Tak for dit opkald. Farvel.",
    "forkert-valg": "Det valg findes ikke.",
}
PROMPTS |= {
    f"digit-{each}": word
    for each, word in enumerate(["nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"])
}
PROMPTS |= {f"number-{each}": str(each) for each in range(100)}

PROMPTS_EN: dict[str, str] = {
    "koe-nummer-foer": "You are number",
    "koe-nummer-efter": "in the queue.",
    "koe-ventetid": "The expected wait is",
    "vent-under-et-minut": "less than a minute.",
    "vent-minutter": "minutes.",
    "koe-tilbud": "Press 1 if you would rather be called back when it is your turn. You keep your place in the queue.",
    "koe-travlt": "There are more callers than we can speak with right now.",
    "koe-ingen": "Unfortunately nobody can take your call right now.",
    "koe-sikker": "We are finding somebody for you. Please stay on the line.",
    "ring-op": (
        "Press 1 and we will call the number you are calling from. Press 2 for another number. "
        "Press star if you do not want to be called back."
    ),
    "ring-op-nummer": "Enter the number we should call. End with hash.",
    "ring-op-bekraeft": "You have entered",
    "ring-op-bekraeft-valg": "Press 1 if this is right. Press 2 to enter the number again.",
    "ring-op-tak": "Thank you. We will call you when it is your turn. You may hang up now.",
    "lovet-menu": (
        "We have promised to call you, and you still have your place in the queue. "
        "Press 1 if you would rather wait on the line now. You keep your place. "
        "Press 2 if we should not call you. Stay on the line if you are calling about something else. "
        "If you hang up, we will call you as agreed."
    ),
    "lovet-afmeldt": "Your call is cancelled. We will not call you.",
    "forgaeves-menu": (
        "We tried to call you but could not reach you. Press 1 to wait in the queue now. "
        "Press 2 if we should call you again. Stay on the line if you are calling about something else."
    ),
    "besked": "Please leave your name, your number and your question after the tone. End with hash.",
    "besked-tak": "Thank you for your message. We will get back to you as soon as we are open.",
    "farvel": "Thank you for calling. Goodbye.",
    "forkert-valg": "There is no such choice.",
}
PROMPTS_EN |= {
    f"digit-{each}": word
    for each, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
}
PROMPTS_EN |= {f"number-{each}": str(each) for each in range(100)}

Data = dict[str, Any]

#: what those who wait are told: the place and the wait
_MESSAGES: list[Data] = [
    {"prompts": ["koe-nummer-foer", "@position", "koe-nummer-efter"], "after": 4, "every": 60},
    {"prompts": ["koe-ventetid", "@wait"], "after": 10, "every": 120},
]


def nobody_there(to: str) -> list[Data]:
    """Out of a queue that is closed, or in which nobody is at work."""
    return [
        {"when": "queue_closed", "to": to},
        {"when": "agents_below", "below": 1, "after": 20, "to": to},
    ]


def _queue(step: str, queue: str, **more: Any) -> Data:
    """A queue as most are: nobody at work or closed leads to a message, a long wait to an offer to call back."""
    return {
        "id": step,
        "kind": "queue",
        "queue": queue,
        "messages": _MESSAGES,
        "overflow": nobody_there("ingen"),
        "callback": {"after": 45, "key": "1", "prompts": ["koe-tilbud"], "to": f"{step}-ring-op"},
        "max_wait": 900,
        "on_max_wait": "travlt",
        **more,
    }


def _callback_offer(queue_step: str, queue: str) -> Data:
    return {
        "id": f"{queue_step}-ring-op",
        "kind": "callback_offer",
        "queue": queue,
        "prompts": ["ring-op"],
        "enter_prompts": ["ring-op-nummer"],
        "confirm_prompts": ["ring-op-bekraeft", "@number", "ring-op-bekraeft-valg"],
        "done_prompts": ["ring-op-tak"],
        "on_wrong": ["forkert-valg"],
        "on_declined": queue_step,
    }


def promised(next_step: str, nobody: str = "ingen") -> list[Data]:
    """The caller was promised a call: wait on the line at the same place, call it off, or go on with something else.

    Whom we could not reach is told so, and can wait or be called again.
    """
    choice = {"kind": "menu", "retries": 0, "timeout": 5, "on_exhausted": next_step, "on_wrong": []}
    return [
        {"id": "lovet", "kind": "condition", "all": [{"fact": "callback_waiting"}], "on_true": "lovet-menu",
         "on_false": "forgaeves"},
        {"id": "lovet-menu", **choice, "prompts": ["lovet-menu"], "keys": {"1": "lovet-koe", "2": "lovet-afmeldt"}},
        {"id": "lovet-afmeldt", "kind": "cancel_callback", "prompts": ["lovet-afmeldt"], "next": next_step},
        {"id": "forgaeves", "kind": "condition", "all": [{"fact": "callback_missed"}], "on_true": "forgaeves-menu",
         "on_false": next_step},
        {"id": "forgaeves-menu", **choice, "prompts": ["forgaeves-menu"],
         "keys": {"1": "lovet-koe", "2": "lovet-koe-ring-op"}},
        *queues({"lovet-koe": "@promised"}, overflow=nobody_there(nobody)),
    ]  # fmt: skip


def queues(wanted: Mapping[str, str], **more: Any) -> list[Data]:
    """Step to queue: each with its offer to call back."""
    steps = [(_queue(step, queue, **more), _callback_offer(step, queue)) for step, queue in wanted.items()]
    return [each for pair in steps for each in pair]


def endings(queue: str) -> list[Data]:
    """How a call ends when nobody could take it: a message, or goodbye."""
    return [
        {"id": "travlt", "kind": "announcement", "prompts": ["koe-travlt"], "next": "besked", "interruptible": False},
        {"id": "ingen", "kind": "announcement", "prompts": ["koe-ingen"], "next": "besked", "interruptible": False},
        {
            "id": "besked",
            "kind": "take_message",
            "queue": queue,
            "prompts": ["besked"],
            "done_prompts": ["besked-tak"],
            "max_seconds": 120,
            "on_empty": "farvel",
        },
        {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]},
    ]


def first_flow(code: str, title: str, *, schedule: str, queue: str) -> Data:
    """The centre's greeting, opening hours, one queue; outside the hours a message is taken. Its own prompts are
    `first_prompts`, the greeting (`greeting_prompt`) among them."""
    hours = {"schedule": schedule, "on_open": "koe", "on_closed": "lukket", "on_holiday": "helligdag"}
    return {
        "code": code,
        "version": 1,
        "title": title,
        "start": "velkommen",
        "steps": [
            {"id": "velkommen", "kind": "greeting", "next": "lovet"},
            *promised("tider"),
            {"id": "tider", "kind": "opening_hours", **hours},
            *queues({"koe": queue}),
            {"id": "lukket", "kind": "announcement", "prompts": [f"{code}-lukket"], "next": "besked"},
            {"id": "helligdag", "kind": "announcement", "prompts": [f"{code}-helligdag"], "next": "besked"},
            *endings(queue),
        ],
    }


def greeting_prompt(code: str) -> str:
    """The prompt with which the centre of `first_flow` greets at first."""
    return f"{code}-velkommen"


def first_prompts(code: str, caller_meets: str, hours: str) -> list[tuple[str, str, str]]:
    """(code, language, text) of what `first_flow` says of its own: who answers, and when (`fra klokken 9 til 16`)."""
    danish = {
        "velkommen": f"Velkommen til {caller_meets}.",
        "lukket": f"Du har ringet til {caller_meets}. Vi har lukket nu. Vi har åbent på hverdage {hours}.",
        "helligdag": f"Du har ringet til {caller_meets}. Vi holder lukket i dag.",
    }
    english = {
        "velkommen": f"Welcome to {caller_meets}.",
        "lukket": f"You have called {caller_meets}. We are closed now.",
        "helligdag": f"You have called {caller_meets}. We are closed today.",
    }
    said = (("da", danish), ("en", english))
    return [(f"{code}-{name}", language, text) for language, texts in said for name, text in texts.items()]


def prompts() -> list[tuple[str, str, str]]:
    """(code, language, text) of everything the shared steps say."""
    texts = (("da", PROMPTS), ("en", PROMPTS_EN))
    return [(code, language, text) for language, said in texts for code, text in said.items()]
