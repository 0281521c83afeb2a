"""From what people answer to what is done: follow-ups of low scores and comments, improvements, tags of comments."""
