"""The pages of follow-ups, their causes and rules, improvements, and comments."""
