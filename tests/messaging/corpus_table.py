"""What comes out of each awkward mail of the corpus: all of it, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from indgang.messaging.reading import MailKind


@dataclass(frozen=True, slots=True)
class Expected:
    """`text` is how the new text begins (the whole when it is shorter than 60 characters). A file that is refused has
    the reason behind its name. A mail may be answered automatically when there is no reason why not."""

    text: str
    kind: MailKind = MailKind.MESSAGE
    subject: str = "Spørgsmål om jord"
    files: tuple[str, ...] = ()
    why_not: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


CORPUS = Path(__file__).parent / "corpus"
#: our own mailboxes in the corpus
OWN = "post@kommune.example.dk"
OTHER_OWN = "byggeri@kommune.example.dk"

EXPECTED = {
    "abuse-report": Expected(
        kind=MailKind.AUTO_REPLY,
        subject="Abuse report",
        text="This is a report.",
        files=("bilag",),
        why_not=("auto-reply",),
    ),
    "auto-generated": Expected(
        kind=MailKind.GENERATED,
        subject="Sensor 12: vand i kælderen",
        text="Jeg er tilbage på mandag.",
        why_not=("auto-submitted",),
    ),
    "auto-reply-by-its-subject-and-return-path": Expected(
        kind=MailKind.AUTO_REPLY,
        subject="Autosvar: Ikke på kontoret",
        text="Jeg er tilbage på mandag.",
        why_not=(
            "empty-return-path",
            "auto-reply",
            "auto-subject",
        ),
    ),
    "auto-reply-by-its-subject-and-suppression": Expected(
        kind=MailKind.AUTO_REPLY,
        subject="Autosvar: Ikke på kontoret",
        text="Jeg er tilbage på mandag.",
        why_not=(
            "x-auto-response-suppress",
            "auto-reply",
            "auto-subject",
        ),
    ),
    "auto-reply-by-its-subject-alone": Expected(
        subject="Autosvar: Ikke på kontoret", text="Jeg er tilbage på mandag.", why_not=("auto-subject",)
    ),
    "auto-reply-exchange": Expected(
        kind=MailKind.AUTO_REPLY,
        subject="Automatisk svar: Din sag",
        text="Jeg er tilbage på mandag.",
        why_not=(
            "auto-submitted",
            "x-auto-response-suppress",
            "empty-return-path",
            "auto-reply",
            "auto-subject",
        ),
    ),
    "auto-reply-old-header": Expected(
        kind=MailKind.AUTO_REPLY,
        subject="Sv: Din sag",
        text="Jeg er tilbage på mandag.",
        why_not=(
            "precedence",
            "auto-reply",
        ),
    ),
    "auto-reply-rfc-3834": Expected(
        kind=MailKind.AUTO_REPLY,
        subject="Sv: Din sag",
        text="Jeg er tilbage på mandag.",
        why_not=(
            "auto-submitted",
            "auto-reply",
        ),
    ),
    "auto-submitted-no": Expected(subject="Sv: Din sag", text="Jeg er tilbage på mandag."),
    "bounce-empty-report": Expected(
        kind=MailKind.BOUNCE,
        subject="Undelivered Mail Returned to Sender",
        text="Your message could not be delivered.",
        why_not=(
            "auto-submitted",
            "empty-return-path",
            "machine-sender",
            "report",
        ),
    ),
    "bounce-exchange-danish": Expected(
        kind=MailKind.BOUNCE,
        subject="Kan ikke leveres: Svar",
        text="Meddelelsen kunne ikke leveres.",
        why_not=(
            "auto-submitted",
            "empty-return-path",
            "machine-sender",
            "report",
        ),
    ),
    "bounce-exim": Expected(
        kind=MailKind.BOUNCE,
        subject="Mail delivery failed: returning message to sender",
        text="This message was created automatically by mail delivery soft",
        why_not=(
            "empty-return-path",
            "machine-sender",
            "report",
        ),
    ),
    "bounce-mailbox-full": Expected(
        kind=MailKind.BOUNCE,
        subject="Undelivered Mail Returned to Sender",
        text="Your message could not be delivered.",
        files=("Svar.eml",),
        why_not=(
            "auto-submitted",
            "empty-return-path",
            "machine-sender",
            "report",
        ),
    ),
    "bounce-not-yet": Expected(
        kind=MailKind.BOUNCE,
        subject="Delivery delayed",
        text="Your message could not be delivered.",
        files=("Svar.eml",),
        why_not=(
            "auto-submitted",
            "empty-return-path",
            "machine-sender",
            "report",
        ),
    ),
    "bounce-postfix": Expected(
        kind=MailKind.BOUNCE,
        subject="Undelivered Mail Returned to Sender",
        text="Your message could not be delivered.",
        files=("Svar.eml",),
        why_not=(
            "auto-submitted",
            "empty-return-path",
            "machine-sender",
            "report",
        ),
    ),
    "bounce-qmail": Expected(
        kind=MailKind.BOUNCE,
        subject="failure notice",
        text="Hi. This is the qmail-send program at mx.example.org.\nI'm af",
        why_not=(
            "empty-return-path",
            "machine-sender",
            "report",
        ),
    ),
    "bounce-sent-on-by-a-person": Expected(
        subject="Hvad betyder det?", text="Hvad betyder denne mail?", files=("Undelivered Mail Returned to Sender.eml",)
    ),
    "bounce-told-by-a-person": Expected(
        subject="Min mail kunne ikke leveres", text="Jeg skrev til jer, men fik at vide, at mailen ikke kunne lev"
    ),
    "bounce-two-of-three": Expected(
        kind=MailKind.BOUNCE,
        subject="Undelivered Mail Returned to Sender",
        text="Your message could not be delivered.",
        files=("Svar.eml",),
        why_not=(
            "auto-submitted",
            "empty-return-path",
            "machine-sender",
            "report",
        ),
    ),
    "bulk": Expected(
        kind=MailKind.LIST,
        subject="Tilbud på containere",
        text="Jeg er tilbage på mandag.",
        why_not=(
            "precedence",
            "list",
        ),
    ),
    "charset-is-a-packing-codec": Expected(text="Dette er ren tekst.", problems=("unknown-charset",)),
    "charset-latin-1-quoted-printable": Expected(text="Kære Kontaktcenter\n\nJeg har købt en grund på Åboulevarden, o"),
    "charset-latin-1-that-is-windows-1252": Expected(text="Det koster 45 € om året – tror jeg."),
    "charset-none": Expected(subject="Hul i vejen", text="Der er et hul i vejen på Amagerbrogade."),
    "charset-says-ascii-is-utf-8": Expected(text="Støj fra nabobyggeriet", problems=("lying-charset",)),
    "charset-says-latin-1-is-utf-8": Expected(text="Blåbærgrød på Østerbro", problems=("lying-charset",)),
    "charset-says-utf-8-is-latin-1": Expected(text="Blåbærgrød på Østerbro", problems=("lying-charset",)),
    "charset-unknown": Expected(text="Affald på Nørrebrogade", problems=("unknown-charset",)),
    "charset-utf-16": Expected(text="Må jeg få aktindsigt?"),
    "charset-utf-7": Expected(text="Gør det ondt værre?"),
    "charset-utf-8": Expected(text="Kære Kontaktcenter\n\nMå jeg køre jord væk fra grunden på Ærøv"),
    "charset-windows-1252": Expected(text="Prisen er 200 € – “inklusive moms”."),
    "date-impossible": Expected(text="Hej", problems=("impossible-date",)),
    "date-in-the-future": Expected(text="Hej", problems=("lying-date",)),
    "date-of-a-dead-clock": Expected(text="Hej", problems=("lying-date",)),
    "date-unknown-zone": Expected(text="Hej"),
    "delivery-receipt": Expected(
        kind=MailKind.DELIVERY_RECEIPT,
        subject="Delivered: Svar",
        text="Your message was delivered.",
        files=("Svar.eml",),
        why_not=(
            "auto-submitted",
            "empty-return-path",
            "machine-sender",
            "report",
        ),
    ),
    "digest": Expected(
        subject="Dagens mails",
        text="",
        files=(
            "Støj i gården.eml",
            "To.eml",
        ),
    ),
    "empty-return-path": Expected(
        subject="Sv: Din sag", text="Jeg er tilbage på mandag.", why_not=("empty-return-path",)
    ),
    "empty": Expected(subject="", text="", why_not=("no-sender",), problems=("no-sender",)),
    "encoding-base64-broken": Expected(text="Hvornår kommer I og henter jorden?", problems=("broken-encoding",)),
    "encoding-base64": Expected(text="Hvornår tømmes containeren på Vesterbrogade?"),
    "encoding-quoted-printable-broken": Expected(text="Gebyret er 100=ZZ kr. og ændres ikke"),
    "encoding-unknown": Expected(text="Teksten er ikke pakket alligevel.", problems=("broken-encoding",)),
    "encoding-uuencode": Expected(text="", files=("plan.pdf",)),
    "file-archive": Expected(text="Se filen.", files=("tegninger.zip",)),
    "file-climbs-out": Expected(
        text="Se filen.",
        files=(
            "x",
            "kort.png",
            "passwd",
        ),
    ),
    "file-csv-in-line": Expected(text="Se filen.", files=("bilag",)),
    "file-disk-image": Expected(text="Se filen.", files=("billeder.iso (disk-image)",)),
    "file-empty": Expected(text="Se filen.", files=("tom.pdf",)),
    "file-macros": Expected(
        text="Se filen.",
        files=(
            "skema.docx (macros)",
            "tal.xlsm (macros)",
        ),
    ),
    "file-name-encoded-word": Expected(text="Se filen.", files=("blå plan.pdf",)),
    "file-name-in-pieces": Expected(text="Se filen.", files=("årsrapport for 2026.pdf",)),
    "file-name-lies": Expected(
        text="Se filen.",
        files=(
            "faktura.pdf (name-lies)",
            "billede.jpg",
        ),
    ),
    "file-name-of-a-device": Expected(
        text="Se filen.",
        files=(
            "_con.txt",
            "a_b_c_.txt",
        ),
    ),
    "file-name-too-long": Expected(
        text="Se filen.",
        files=(
            "æææææææææææææææææææælanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglanglangla.pdf",
        ),
    ),
    "file-name-turns-direction": Expected(text="Se filen.", files=("fakturafdp.exe (program)",)),
    "file-names-alike": Expected(
        text="Se filen.",
        files=(
            "scan.pdf",
            "scan (2).pdf",
            "scan (3).pdf",
        ),
    ),
    "file-office": Expected(
        text="Se filen.",
        files=(
            "brev.docx",
            "tal.xlsx",
        ),
    ),
    "file-program-by-name": Expected(
        text="Se filen.",
        files=(
            "faktura.pdf.js (program)",
            "genvej.lnk (program)",
            "noter.txt (program)",
        ),
    ),
    "file-program-called-pdf": Expected(text="Se filen.", files=("faktura.pdf (program)",)),
    "file-text-in-line": Expected(text="Se filen.", files=("note.txt",)),
    "file-without-a-name": Expected(
        text="Se filen.",
        files=(
            "bilag.pdf",
            "bilag",
        ),
    ),
    "forward-danish": Expected(
        subject="Vs: Støj", text="---------- Forwarded message ---------\nFra: Bo Lund <bo@exam"
    ),
    "header-broken-lines": Expected(subject="Efter vrøvl", text="Hej", problems=("broken-headers",)),
    "header-latin-1-unencoded": Expected(subject="Spørgsmål om møllestøj", text="Hej"),
    "header-utf-8-unencoded": Expected(subject="Spørgsmål om møllestøj", text="Hej"),
    "headers-missing": Expected(
        subject="",
        text="Her er kun tekst, ingen hoveder.\n\nHilsen Bo",
        why_not=("no-sender",),
        problems=(
            "broken-headers",
            "no-sender",
        ),
    ),
    "html-alone": Expected(text="Anmeldelse\n\nJeg vil gerne\nanmelde jord.\n\n- 200 ton\n- Matrike"),
    "html-beside-empty-text": Expected(text="Kun her står noget."),
    "html-data-picture": Expected(text="Prik en prik"),
    "html-form": Expected(text="Log ind\n\nSend"),
    "html-hides-nothing-in-style": Expected(text="Synlig\n\nOgså her"),
    "html-javascript-links": Expected(text="et to tre fire fem seks syv <https://example.dk/a>"),
    "html-latin-1": Expected(text="Rød grød"),
    "html-remote-pictures": Expected(text="Nyt\n\nTekst"),
    "html-script": Expected(text="Hej\n\nSlut"),
    "html-shows-its-pictures": Expected(
        text="Se huset: huset og",
        files=(
            "hus.png",
            "logo.png",
        ),
    ),
    "html-svg-and-math": Expected(text="Før"),
    "invitation-broken": Expected(subject="Møde", text="Se kalenderen.", problems=("broken-calendar",)),
    "invitation-whole-day-cancelled": Expected(subject="Aflyst", text="Aflyst.", files=("aflyst.ics",)),
    "invitation": Expected(subject="Invitation: Møde på grunden", text="Vil I med på grunden?"),
    "junk": Expected(
        kind=MailKind.LIST,
        subject="Tilbud",
        text="Jeg er tilbage på mandag.",
        why_not=(
            "precedence",
            "list",
        ),
    ),
    "kind-nonsense": Expected(text="Ren tekst alligevel."),
    "lines-end-twice": Expected(subject="Dobbelt", text="Et\n\nTo"),
    "lines-end-with-cr": Expected(subject="Gammel Mac", text="Et\nTo"),
    "lines-end-with-lf": Expected(subject="Kun linjeskift", text="Et\nTo"),
    "loop-delivered-twice": Expected(kind=MailKind.LOOP, text="Hej", why_not=("loop",)),
    "loop-many-hops": Expected(kind=MailKind.LOOP, text="Hej", why_not=("loop",)),
    "loop-own-mark": Expected(kind=MailKind.LOOP, text="Hej", why_not=("loop",)),
    "loop-own-sender": Expected(
        kind=MailKind.LOOP,
        text="Tak for din mail. Vi svarer inden for to timer.",
        why_not=(
            "auto-submitted",
            "loop",
            "own-sender",
        ),
    ),
    "loop-own-sender-through-two-mailboxes": Expected(
        kind=MailKind.LOOP,
        text="Hej",
        why_not=(
            "loop",
            "own-sender",
        ),
    ),
    "mail-in-a-mail": Expected(subject="Vs: Støj", text="Se vedhæftede mail.", files=("Støj i gården.eml",)),
    "mailing-list": Expected(
        kind=MailKind.LIST,
        subject="[byggeri] Nyt møde",
        text="Jeg er tilbage på mandag.",
        why_not=(
            "precedence",
            "list",
        ),
    ),
    "mbox-line": Expected(subject="Fra en mappe", text="Hej"),
    "message-id-folded": Expected(text="Hej"),
    "message-id-missing": Expected(text="Hej"),
    "no-reply-sender": Expected(subject="Sv: Din sag", text="Jeg er tilbage på mandag.", why_not=("machine-sender",)),
    "only-blank-lines": Expected(subject="", text="", why_not=("no-sender",), problems=("no-sender",)),
    "own-sender-sends-on": Expected(
        subject="VS: Støj", text="Kan I tage den her? Den er jeres.", why_not=("own-sender",)
    ),
    "part-of-a-mail": Expected(text="", files=("bilag",)),
    "parts-apple": Expected(text="Før billedet.\n\nEfter billedet.", files=("plan.pdf",)),
    "parts-cut-short": Expected(text="Første del er hel.", files=("halv.pdf",), problems=("truncated",)),
    "parts-elsewhere": Expected(text="Filen ligger et andet sted.", files=("bilag",)),
    "parts-empty": Expected(text="--tom--", problems=("broken-parts",)),
    "parts-never-found": Expected(text="Teksten står alene.", problems=("broken-parts",)),
    "parts-same-boundary-inside": Expected(text="Inderst.", problems=("broken-parts",)),
    "parts-two-texts": Expected(text="Selve mailen.\n\nDenne mail er scannet for virus."),
    "parts-without-boundary": Expected(text="Der mangler en grænse, men teksten er her.", problems=("broken-parts",)),
    "read-receipt-deleted": Expected(
        kind=MailKind.READ_RECEIPT, subject="Ikke læst: Svar", text="Din mail er set.", why_not=("report",)
    ),
    "read-receipt": Expected(
        kind=MailKind.READ_RECEIPT, subject="Læst: Svar", text="Din mail er set.", why_not=("report",)
    ),
    "subject-of-a-person": Expected(
        subject="Ikke til stede ved synet på tirsdag",
        text="Jeg kan ikke være til stede. Kan vi flytte det?",
        why_not=("auto-subject",),
    ),
    "reply-apple-danish": Expected(subject="Sv: Spørgsmål om jord", text="Perfekt.\n\nSendt fra min iPhone"),
    "reply-between-the-lines": Expected(
        subject="Sv: Spørgsmål om jord", text="Den 24. nov. 2026 kl. 09.58 skrev Byens Kontaktcenter <post@"
    ),
    "reply-gmail-danish": Expected(subject="Sv: Spørgsmål om jord", text="Tak, det hjalp."),
    "reply-gmail-english": Expected(subject="Re: Soil", text="Thanks, that helped."),
    "reply-gmail-html": Expected(subject="Sv: Jord", text="Fint med mig"),
    "reply-marks-alone": Expected(subject="Sv: Spørgsmål om jord", text="Det er rigtigt."),
    "reply-outlook-block-alone": Expected(subject="Sv: Spørgsmål om jord", text="Ja tak."),
    "reply-outlook-danish": Expected(
        subject="Sv: Spørgsmål om jord", text="Hej Karen\n\nHvad koster det?\n\nMed venlig hilsen\nIda"
    ),
    "reply-outlook-english": Expected(subject="RE: Soil", text="What does it cost?"),
    "reply-outlook-html": Expected(subject="Sv: Jord", text="Så gør vi det."),
    "reply-signature": Expected(subject="Sv: Spørgsmål om jord", text="Har I fået planen?"),
    "reply-without-older-mail": Expected(
        subject="Sv: Spørgsmål om jord", text="Vi skrev sammen den 24. november.\nHar I fundet sagen?"
    ),
    "sealed-pgp": Expected(
        subject="...",
        text="",
        files=(
            "bilag",
            "encrypted.asc",
        ),
        problems=("sealed",),
    ),
    "sealed-smime": Expected(subject="Fortroligt", text="", files=("smime.p7m",), problems=("sealed",)),
    "sender-comma-and-comment": Expected(text="Hej alle"),
    "sender-missing": Expected(text="Hvem er jeg?", why_not=("no-sender",), problems=("no-sender",)),
    "sender-name-is-an-address": Expected(text="Betal straks."),
    "sender-nested-comments": Expected(text="Hej"),
    "sender-old-form": Expected(text="Hej"),
    "sender-twice": Expected(subject="To afsendere", text="Hej", problems=("repeated-header",)),
    "signed": Expected(text="Denne mail er signeret.", files=("smime.p7s",)),
    "subject-breaks-the-line": Expected(subject="Hej Bcc: alle@example.org", text="Hej"),
    "subject-control-and-direction": Expected(subject="Faktura gnp.exe [31m rød", text="Se filen."),
    "subject-cuts-a-letter-in-two": Expected(subject="Miljø og støj", text="Hej"),
    "subject-missing": Expected(subject="", text="Jeg glemte emnet."),
    "subject-script": Expected(subject="<script>alert('hej')</script> Haster", text="Læs emnet."),
    "subject-unknown-charset": Expected(subject="Blåbær", text="Hej", problems=("unknown-charset",)),
    "subject-very-long": Expected(subject="Jord " * 99 + "Jord", text="Kort tekst."),
    "suppressed-only-for-receipts": Expected(subject="Sv: Din sag", text="Jeg er tilbage på mandag."),
    "suppressed": Expected(
        subject="Sv: Din sag", text="Jeg er tilbage på mandag.", why_not=("x-auto-response-suppress",)
    ),
    "svar-ikke-sender": Expected(subject="Sv: Din sag", text="Jeg er tilbage på mandag.", why_not=("machine-sender",)),
    "text-flowed": Expected(text="Jeg vil gerne vide, om jeg skal anmelde jorden, og hvor jeg "),
    "thread-in-words": Expected(text="Tak for svaret."),
    "winmail-called-otherwise": Expected(
        text="Se filen.",
        files=(
            "Ansøgning om byggeri.pdf",
            "kort.png",
        ),
    ),
    "winmail-cut-short": Expected(
        text="Se filen.",
        files=(
            "winmail.dat",
            "Ansøgning om byggeri.pdf",
            "kort.png",
        ),
        problems=("broken-winmail",),
    ),
    "winmail-endless": Expected(
        text="Se filen.",
        files=(
            "winmail.dat",
            "bilag",
        ),
        problems=("broken-winmail",),
    ),
    "winmail": Expected(
        text="Hej, se ansøgningen.",
        files=(
            "Ansøgning om byggeri.pdf",
            "kort.png",
        ),
    ),
    "reply-outlook-danish-old": Expected(subject="Sv: Spørgsmål om jord", text="Det passer fint."),
    "reply-thunderbird-danish": Expected(subject="Sv: Spørgsmål om jord", text="Ja."),
    "reply-yahoo-danish": Expected(subject="Sv: Spørgsmål om jord", text="Nej."),
    "sender-with-control-characters": Expected(subject="Bip", text="Hej"),
    "winmail-content-among-properties": Expected(text="Se filen.", files=("Brev.pdf", "Kort.png")),
    "text-that-begins-like-a-file": Expected(text="begin 644 filer.txt\nDet her er bare tekst, som jeg har skrev"),
    "text-with-uuencoded-file": Expected(text="Her er planen.\n\n\nHilsen Ida", files=("plan.pdf",)),
}
