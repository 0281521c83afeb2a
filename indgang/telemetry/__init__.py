"""What the processes report to operations: metrics, traces and logs. None of them holds personal data."""
