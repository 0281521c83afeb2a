from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from indgang.accounts import account_views, provider_views, second_step_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/done/", views.signed_in, name="signed-in"),
    path("sign-on/<slug:provider_id>/", provider_views.go_to_provider, name="sign-on"),
    # django-allauth looks the URL up by this name
    path("sign-on/<slug:provider_id>/callback/", provider_views.back_from_openid, name="openid_connect_callback"),
    path("sign-on/<slug:provider_id>/signed-out/", provider_views.signed_out_there, name="sign-on-ended"),
    path("sign-on/<slug:provider_id>/acs/", provider_views.saml_answer, name="saml_acs"),
    path("sign-on/<slug:organization_slug>/acs/finish/", provider_views.back_from_saml, name="saml_finish_acs"),
    path("sign-on/<slug:provider_id>/sls/", provider_views.saml_sign_out, name="saml_sls"),
    path("sign-on/<slug:provider_id>/metadata/", provider_views.saml_metadata, name="saml_metadata"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("sign-out/everywhere/", views.sign_out_everywhere, name="sign-out-everywhere"),
    path("sign-in/code/", second_step_views.second_step_page, name="second-step"),
    path("sign-in/passkey/asked/", second_step_views.passkey_asked, name="passkey-asked"),
    path("sign-in/passkey/", second_step_views.passkey_shown, name="passkey-shown"),
    path("account/app/", account_views.app, name="account-app"),
    path("account/app/removal/", account_views.app_removal, name="account-app-removal"),
    path("account/recovery-codes/", account_views.recovery_codes, name="account-recovery-codes"),
    path("account/passkeys/asked/", account_views.passkey_asked, name="account-passkey-asked"),
    path("account/passkeys/", account_views.passkey_made, name="account-passkeys"),
    path("account/passkeys/<int:pk>/removal/", account_views.passkey_removal, name="account-passkey-removal"),
    path("account/", account_views.account, name="account"),
    path("still-here/", views.still_here, name="still-here"),
    path("password/", views.password, name="password"),
    path("password/rules/", views.password_rules, name="password-rules"),
    path("language/", views.language, name="language"),
]
