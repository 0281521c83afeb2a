"""Læsernes svar: on which pages readers are asked, and what they answer."""
