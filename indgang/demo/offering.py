"""The 77 services, the nine purposes and the local lists of the demo municipality."""

from __future__ import annotations

from indgang.catalogue import purposes
from indgang.catalogue.models import LocalPurpose, Purpose, Service, Unit
from indgang.demo.rows import Added, add, table


def services(units: Added[Unit]) -> Added[Service]:
    return add(
        [
            Service(
                code=line["code"],
                name=line["name"],
                name_en=line["name_en"],
                public_name=line["public_name"],
                public_name_en=line["public_name_en"],
                situation=line["situation"],
                unit=units[line["unit"]],
                keywords=line["keywords"],
                cases_per_year=int(line["cases_per_year"]),
                volume=line["volume"],
                complexity=line["complexity"],
            )
            for line in table("services")
        ]
    )


def nine_purposes() -> Added[Purpose]:
    return add(purposes.rows())


def local_purposes(services: Added[Service], nine: Added[Purpose]) -> None:
    """The local lists, only for new services, so that edited lists stay."""
    LocalPurpose.objects.bulk_create(
        LocalPurpose(service=services[line["service"]], name=line["name"], purpose=nine[line["purpose"]], order=order)
        for order, line in enumerate(table("local_purposes"))
        if line["service"] in services.new
    )
