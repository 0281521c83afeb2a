"""Addresses of the public site: Danish at the root, the same in English under /en/.

Both are the application `portal`; `{% url 'portal:…' %}` keeps the language of the current page.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.clickjacking import xframe_options_exempt

from indgang.portal.pages import View
from indgang.portal.views import (
    articles,
    call_back_wishes,
    callbacks,
    chats,
    contact,
    crowd,
    embeds,
    follow,
    form_files,
    front,
    guides,
    invitations,
    machines,
    news,
    newsletter,
    online_forms,
    opinions,
    search,
    subjects,
)

_APP = "portal"

#: the pages of one chat, on the site and in the box on other websites
_CHAT: tuple[tuple[str, View, str], ...] = (
    ("", chats.chat, "chat"),
    ("skriver/", chats.typing, "chat-typing"),
    ("slut/", chats.end, "chat-end"),
    ("kopi/", chats.transcript, "chat-transcript"),
    ("besked/", chats.leave, "chat-leave"),
)
#: the pages in the box, which may be framed (`chats` says by whom)
_BOXED_CHATS = (
    ("begynd/", chats.begin, "chat-begin"),
    *((f"<str:key>/{end}", view, name) for end, view, name in _CHAT),
)

pages: list[URLPattern | URLResolver] = [
    path("", front.front, name="front"),
    path("soeg/", search.search, name="search"),
    path("soeg/forslag/", search.suggestions, name="suggestions"),
    path("soeg/valgt/", search.chosen, name="chosen"),
    path("emner/", subjects.subjects, name="subjects"),
    path("emner/<slug:code>/", subjects.subject, name="subject"),
    path("emner/<slug:code>/feed.xml", news.feed, name="subject-feed"),
    path("svar/<slug:slug>/", articles.article, name="article"),
    path("svar/<slug:slug>/hjalp/", articles.helped, name="helped"),
    path("svar/<slug:slug>/bilag/<str:name>", articles.attachment, name="attachment"),
    path("vejvisere/", guides.guides, name="guides"),
    path("vejvisere/<slug:slug>/", guides.guide, name="guide"),
    path("kontakt/", contact.contact, name="contact"),
    path("kontakt/ring-mig-op/", callbacks.callback, name="callback"),
    path("kontakt/ring-mig-op/<str:token>/", callbacks.cancellation, name="callback-cancellation"),
    path("chat/", chats.begin, name="chat-begin"),
    *(path(f"chat/<str:key>/{end}", view, name=name) for end, view, name in _CHAT),
    path("chat/<str:key>/fil/<int:number>/<int:order>/", chats.file, name="chat-file"),
    path("deltag/<str:key>/", crowd.taking_part, name="crowd"),
    path("deltag/<str:key>/svar/<int:question>/", crowd.answer, name="crowd-answer"),
    path("deltag/<str:key>/vurdering/<int:answer>/", crowd.rating, name="crowd-rating"),
    path("foelg/", follow.follow, name="follow"),
    path("formular/", online_forms.online_forms, name="forms"),
    path("formular/<slug:code>/", online_forms.online_form, name="form"),
    path("formular/<slug:code>/<str:token>/", online_forms.saved_form, name="saved-form"),
    path("formular/<slug:code>/<str:token>/filer/", form_files.form_files, name="form-files"),
    path("formular/<slug:code>/<str:token>/filer/<uuid:key>/", form_files.form_file_part, name="form-file-part"),
    path("formular/<slug:code>/<str:token>/kontrol/", online_forms.form_summary, name="form-summary"),
    path("formular/<slug:code>/<str:token>/kvittering/", online_forms.form_receipt, name="form-receipt"),
    path("nyheder/", news.news, name="news"),
    path("nyheder/<int:pk>/", news.news_item, name="news-item"),
    path("feed.xml", news.feed, name="feed"),
    path("nyhedsbrev/", newsletter.sign_up, name="newsletter"),
    path("nyhedsbrev/<slug:token>/", newsletter.choices, name="newsletter-choices"),
    path("nyhedsbrev/<slug:token>/bekraeft/", newsletter.confirm, name="newsletter-confirm"),
    path("nyhedsbrev/<slug:token>/afmeld/", newsletter.end, name="newsletter-end"),
    path("mening/", opinions.opinion, name="opinion"),
    path("mening/tak/", opinions.thanks, name="opinion-thanks"),
    path("mening/<str:token>/", invitations.invitation, name="invitation"),
    path("mening/<str:token>/ring/", call_back_wishes.call_back, name="invitation-call-back"),
    path("mening/<str:token>/nej-tak/", invitations.no_thanks, name="invitation-no-thanks"),
    path("saadan-virker-siden/", front.about, name="about"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
    path("embed.js", embeds.script, name="embed-script"),
    path("embed/soeg/", embeds.search, name="embed-search"),
    path("embed/chat/", embeds.chat, name="embed-chats"),
    *(path(f"embed/chat/{way}", xframe_options_exempt(view), name=f"embed-{name}") for way, view, name in _BOXED_CHATS),
    path("embed/aabningstider/<slug:centre>/", embeds.opening_hours, name="embed-hours"),
    path("embed/mening/svar/", opinions.boxed_opinion, name="embed-opinion-answer"),
    path("embed/mening/tak/", opinions.boxed_thanks, name="embed-opinion-thanks"),
    path("embed/mening/<slug:unit>/<slug:kind>/", opinions.boxed_form, name="embed-opinion"),
    path("embed/svar/<slug:slug>/", embeds.article, name="embed-article"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("en/", include((pages, _APP), namespace="portal-en")),
    path("", include((pages, _APP), namespace="portal")),
]
