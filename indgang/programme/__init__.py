"""The programme behind a contact centre: what it costs and saves (`cases`)."""
