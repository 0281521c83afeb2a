"""`{% csrf_token %}` for every form of the product: Django's own field, and the token that lets a form be carried out
once.

It is a built-in that replaces Django's tag, so that every form has it.
"""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from indgang.accounts import form_tokens

register = template.Library()

_HIDDEN = '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="{}" value="{}">'


@register.simple_tag(takes_context=True, name="csrf_token")
def csrf_token(context: Context) -> SafeString:
    """Both hidden fields; nothing when a template is rendered without a request, as in Django."""
    csrf, request = context.get("csrf_token"), context.get("request")
    if not csrf or csrf == "NOTPROVIDED" or request is None:
        return SafeString("")
    user = getattr(request, "user", None)
    return format_html(_HIDDEN, csrf, form_tokens.FIELD, form_tokens.token_for(getattr(user, "pk", None)))
