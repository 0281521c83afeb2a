"""The office: wallboard and team for leaders; flows, prompts, queues, units and people for administrators."""
