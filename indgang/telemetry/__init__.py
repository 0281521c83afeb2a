"""What the processes tell whoever runs them: metrics, traces and logs, none of which holds personal data."""
