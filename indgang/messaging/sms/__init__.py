"""SMS: how a text is divided into parts, what a gateway can do, and the two gateways that exist."""
