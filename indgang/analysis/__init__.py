"""What enquiries tell: who could answer them (`potential`), and which services need which attention (`segments`)."""
