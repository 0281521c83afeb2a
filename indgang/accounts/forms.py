"""Forms for signing in and for passwords."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from indgang.accounts import break_glass
from indgang.accounts.models import Person


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("Brugernavn og adgangskode passer ikke sammen. Prøv igen, eller spørg din administrator."),
        "inactive": _("Brugeren er lukket. Spørg din administrator."),
    }
    username = forms.CharField(
        label=_("Brugernavn"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Adgangskode"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def is_welcome(self, wanted: str) -> bool:
        """Whether the valid form belongs to the person whom the page expects (their number; empty: anybody) and they
        may sign in with a password. Adds an error to the form if not."""
        if wanted and wanted != str(self.get_user().pk):
            self.add_error(None, _("Siden hører til en anden bruger. Log ind som den, der har skrevet på den."))
        elif not break_glass.may_use_password(self.get_user()):
            self.add_error(None, _("Her logger man ind hos kommunens loginudbyder. Adgangskoder gælder ikke længere."))
        return not self.errors


class CodeForm(forms.Form):
    """The second step: a code from the app, or a recovery code."""

    code = forms.CharField(
        label=_("Kode"),
        max_length=20,
        help_text=_("De seks cifre fra din app, eller en af dine gendannelseskoder."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )


class AppForm(forms.Form):
    """The first code of an app that the person is setting up."""

    code = forms.CharField(
        label=_("Koden fra appen"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("Navn"), max_length=60, help_text=_("Så du kan kende den igen, f.eks. arbejdscomputer.")
    )


class PasswordForm(forms.Form):
    """Change of the person's own password."""

    old = forms.CharField(
        label=_("Nuværende adgangskode"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("Ny adgangskode"),
        strip=False,
        help_text=_("Mindst 12 tegn. Gerne en sætning, som kun du kender."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Ny adgangskode igen"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, person: Person, data: dict[str, str] | None = None) -> None:
        super().__init__(data)
        self.person = person

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.person.check_password(old):
            raise forms.ValidationError(_("Det er ikke din nuværende adgangskode."), code="wrong")
        return old

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        if self.person.check_password(new):
            raise forms.ValidationError(_("Det er den adgangskode, du har i forvejen. Vælg en anden."))
        validate_password(new, self.person)
        return new

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise forms.ValidationError(_("De to nye adgangskoder er ikke ens."))
        return again
