"""Which follow-ups, causes, rules, improvements and comments a person's pages may fetch; anything else is not found."""

from __future__ import annotations

from django.http import Http404

from indgang.accounts.access import centres_led, everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.feedback.follow_up_models import CommentTag, FollowUp, FollowUpCause, ImprovementItem
from indgang.feedback.follow_ups import rights
from indgang.feedback.models import Comment, Questionnaire
from indgang.ui.missing import not_found

#: who acts on feedback, and who reads comments: leaders, and those whose conversations they are about
ACTING = (rights.LEAD, rights.HEAD)
READING = (*ACTING, P.TAKE_CALLS, P.TAKE_HANDOVERS)
#: who sets the rules, when it is for the whole municipality
RULING = P.EDIT_QUEUES


def follow_up_for(person: Person, pk: int) -> FollowUp:
    """Raises Http404, as all functions below do, for what this person may not see."""
    found = rights.follow_ups_of(person).filter(pk=pk).first()
    if found is None:
        raise not_found(FollowUp, pk)
    return found


def centre_for(person: Person, code: str) -> ContactCentre:
    found: ContactCentre | None = centres_led(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def cause_for(centre: ContactCentre, pk: int) -> FollowUpCause:
    found: FollowUpCause | None = FollowUpCause.objects.filter(centre=centre, pk=pk).first()
    if found is None:
        raise not_found(FollowUpCause, pk)
    return found


def may_rule(person: Person) -> bool:
    return everywhere(person, RULING)


def questionnaire_for(person: Person, code: str) -> Questionnaire:
    found = Questionnaire.objects.filter(code=code).first() if may_rule(person) else None
    if found is None:
        raise Http404
    return found


def improvement_for(person: Person, pk: int) -> ImprovementItem:
    found = rights.improvements_of(person).filter(pk=pk).first()
    if found is None:
        raise not_found(ImprovementItem, pk)
    return found


def comment_to_tag(person: Person, pk: int) -> Comment:
    found = rights.comments_led(person).filter(pk=pk).first()
    if found is None or not rights.may_decide_tags(person, found):
        raise not_found(Comment, pk)
    return found


def tag_of(comment: Comment, pk: int) -> CommentTag:
    found = comment.tags.filter(pk=pk).first()
    if found is None:
        raise not_found(CommentTag, pk)
    return found
