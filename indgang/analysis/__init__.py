"""What enquiries tell: counted weeks (`counting`), who could answer them (`potential`), and which services need which
attention (`segments`)."""
