"""What administrators and team leaders set up: flows, prompts, queues and their terms, phases, disturbances."""
